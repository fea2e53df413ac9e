// live.js - what the agent has to walk over records for is not asked for at every record that arrives.
import { onEvent } from '../api.js';
import { useEffect, useGet } from '../parts.js';

const QUIET_MS = 15000;

// useGet, again when records changed, but only so often.
export function useSlow(path, args) {
  const asked = useGet(path, args);
  useEffect(() => {
    let timer = null;
    const end = onEvent('records', () => {
      if (!timer) timer = setTimeout(() => { timer = null; asked.reload(); }, QUIET_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [path]);
  return asked;
}
