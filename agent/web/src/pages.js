// pages.js - every page: a line each. roles: whose node has it; menu: it stands there, in this order; titled: it writes its
// heading itself.
import More from './more.js';
import Form from './volunteer/form.js';
import Households from './volunteer/households.js';
import Record from './volunteer/record.js';
import Sync from './volunteer/sync.js';
import Today from './volunteer/today.js';
import Training from './volunteer/training.js';

const everybody = ['device', 'office', 'root'];
const recording = ['device', 'office'];

export const pages = [
  { path: '/today', title: 'Today', page: Today, roles: recording, menu: true },
  { path: '/households', title: 'Households', page: Households, roles: everybody, menu: true },
  { path: '/training', title: 'Training sessions', page: Training, roles: recording, menu: true },
  { path: '/sync', title: 'Sending', page: Sync, roles: recording, menu: true },
  { path: '/form', title: 'Form', page: Form, roles: everybody, titled: true },
  { path: '/record', title: 'Record', page: Record, roles: everybody, titled: true },
  { path: '/more', title: 'More', page: More, roles: everybody },
];
