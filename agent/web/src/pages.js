// pages.js - every page: a line each. roles: whose node has it; menu: it stands there, in this order.
import Today from './volunteer/today.js';
import More from './more.js';

const everybody = ['device', 'office', 'root'];

export const pages = [
  { path: '/today', title: 'Today', page: Today, roles: everybody, menu: true },
  { path: '/more', title: 'More', page: More, roles: everybody },
];
