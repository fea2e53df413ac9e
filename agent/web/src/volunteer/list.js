// list.js - a list of thousands of lines of one height, of which only those in sight are drawn.
import { html, useEffect, useRef, useState } from '../parts.js';

const ROW = 64;        // pixels, as .window li in app.css
const SPARE = 8;       // lines drawn beyond what is in sight, either side

// rows: any; draw(row): what stands in its line. The page itself scrolls.
export function Window({ rows, draw, keyOf, caption }) {
  const box = useRef(null);
  const [from, setFrom] = useState(0);
  const [count, setCount] = useState(Math.ceil(innerHeight / ROW) + 2 * SPARE);
  useEffect(() => {
    let waits = false;
    const look = () => {
      waits = false;
      if (!box.current) return;
      const above = -box.current.getBoundingClientRect().top;
      setFrom(Math.max(0, Math.floor(above / ROW) - SPARE));
      setCount(Math.ceil(innerHeight / ROW) + 2 * SPARE);
    };
    const soon = () => {
      if (!waits) requestAnimationFrame(look);
      waits = true;
    };
    addEventListener('scroll', soon, { passive: true });
    addEventListener('resize', soon);
    look();
    return () => {
      removeEventListener('scroll', soon);
      removeEventListener('resize', soon);
    };
  }, [rows]);
  const first = Math.min(from, Math.max(0, rows.length - 1));
  const shown = rows.slice(first, first + count);
  return html`<div class="window" ref=${box} style=${{ height: `${rows.length * ROW}px` }}>
    <ul class="list" aria-label=${caption} style=${{ transform: `translateY(${first * ROW}px)` }}>
      ${shown.map((row, i) => html`<li key=${keyOf(row)} aria-setsize=${rows.length} aria-posinset=${first + i + 1}>${draw(row)}</li>`)}
    </ul></div>`;
}
