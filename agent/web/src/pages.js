// pages.js - every page: a line each. roles: whose node has it; menu: it stands there, in this order; titled: it writes its
// heading itself.
import Coverage from './coverage/coverage.js';
import Progress from './coverage/progress.js';
import Report from './coverage/report.js';
import More from './more.js';
import Forms from './office/forms.js';
import Nodes from './office/nodes.js';
import Preview from './office/preview.js';
import Review from './office/review.js';
import Units from './office/units.js';
import Form from './volunteer/form.js';
import Households from './volunteer/households.js';
import Record from './volunteer/record.js';
import Sync from './volunteer/sync.js';
import Today from './volunteer/today.js';
import Training from './volunteer/training.js';

const everybody = ['device', 'office', 'root'];
const recording = ['device', 'office'];
const offices = ['office', 'root'];

export const pages = [
  { path: '/today', title: 'Today', page: Today, roles: recording, menu: true },
  { path: '/coverage', title: 'Coverage', page: Coverage, roles: offices, menu: true, titled: true },
  { path: '/households', title: 'Households', page: Households, roles: everybody, menu: true },
  { path: '/training', title: 'Training sessions', page: Training, roles: recording, menu: true },
  { path: '/sync', title: 'Sending', page: Sync, roles: recording, menu: true },
  { path: '/progress', title: 'Progress', page: Progress, roles: offices, menu: true, titled: true },
  { path: '/report', title: 'Reports', page: Report, roles: offices, menu: true },
  { path: '/review', title: 'Review', page: Review, roles: offices, menu: true },
  { path: '/nodes', title: 'Devices', page: Nodes, roles: offices, menu: true },
  { path: '/units', title: 'Places and targets', page: Units, roles: offices, menu: true },
  { path: '/forms', title: 'Forms', page: Forms, roles: offices, menu: true },
  { path: '/form-preview', title: 'What a volunteer sees', page: Preview, roles: offices, titled: true },
  { path: '/form', title: 'Form', page: Form, roles: everybody, titled: true },
  { path: '/record', title: 'Record', page: Record, roles: everybody, titled: true },
  { path: '/more', title: 'More', page: More, roles: everybody },
];
