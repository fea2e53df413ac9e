// review.js - what somebody should look at: conflicts, households recorded twice, packs set aside, records that look wrong.
import { html } from '../parts.js';
import { t } from '../text.js';
import { Tabs, usePerson, Within } from './common.js';
import Conflicts from './conflicts.js';
import Duplicates from './duplicates.js';
import Quality from './quality.js';
import Quarantine from './quarantine.js';

const parts = { conflicts: Conflicts, duplicates: Duplicates, quarantine: Quarantine, quality: Quality };

export default function Review({ args, go, status }) {
  const current = parts[args.tab] ? args.tab : 'conflicts';
  const who = usePerson();
  const tabs = [
    { name: 'conflicts', title: t('Conflicts') },
    { name: 'duplicates', title: t('Recorded twice') },
    { name: 'quarantine', title: t('Set aside') },
    { name: 'quality', title: t('To look at again') },
  ];
  return html`<${Tabs} path="/review" args=${args} tabs=${tabs} current=${current} label=${t('What to look at')} />
    <${Within} status=${status} path="/review" args=${args} go=${go} />
    <${parts[current]} key=${current} args=${args} go=${go} who=${who} />`;
}
