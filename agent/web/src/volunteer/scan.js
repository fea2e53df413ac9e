// scan.js - the camera as a reader of codes, where the browser has one (BarcodeDetector).
import { Dialog, html, useEffect, useRef, useState } from '../parts.js';
import { t } from '../text.js';

const LOOK_MS = 250;

export function canScan() {
  return 'BarcodeDetector' in window && !!(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
}

// onText(text) once, with the first code that is seen.
export function Scanner({ onText, onClose }) {
  const video = useRef(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    let open = true;
    let stream = null;
    const detector = new window.BarcodeDetector();
    const look = () => open && detector.detect(video.current).catch(() => []).then(codes => {
      if (open && codes.length) onText(codes[0].rawValue);
      else setTimeout(look, LOOK_MS);
    });
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }).then(s => {
      stream = s;
      if (!open) {
        s.getTracks().forEach(track => track.stop());
        return;
      }
      video.current.srcObject = s;
      video.current.play().then(look, () => {});
    }, () => setError(t('The camera cannot be used: allow it in the browser\'s settings, or type the code.')));
    return () => {
      open = false;
      if (stream) stream.getTracks().forEach(track => track.stop());
    };
  }, []);
  return html`<${Dialog} title=${t('Hold the code before the camera')} onClose=${onClose}>
    ${error ? html`<p class="error" role="alert">${error}</p>` : html`<video class="camera" ref=${video} muted playsinline></video>`}<//>`;
}
