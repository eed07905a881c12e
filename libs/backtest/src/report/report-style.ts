/** The look of a report: readable on paper, by day and by night. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--faint:#8a919b;--line:#d8dde3;--good:#1a7f4b;--bad:#c0392b;--main:#2557a7}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8eb;--paper:#14171b;--faint:#8a919b;--line:#323841;--good:#4cc38a;--bad:#ff7b6b;--main:#7fb0ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1100px;padding:24px;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:24px;margin:0}h2{font-size:18px;margin:32px 0 8px}p{margin:4px 0;color:var(--faint)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:4px 8px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child,.text{text-align:left}.scroll{overflow-x:auto}
svg{width:100%;height:auto;display:block}svg text{font-size:11px;fill:var(--faint)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:16px 0}
.figures div{border:1px solid var(--line);border-radius:8px;padding:8px 12px}.figures b{display:block;font-size:20px}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:16px}
figure{margin:0;border:1px solid var(--line);border-radius:8px;padding:8px}figcaption{font-size:12px;color:var(--faint)}
.square{max-width:380px}
.grid{stroke:var(--line);stroke-width:1}.line{fill:none;stroke:var(--main);stroke-width:1.5}.faint{stroke:var(--faint);stroke-dasharray:4 4}
.area{fill:var(--bad);fill-opacity:.35;stroke:var(--bad)}.dot{fill:var(--main);fill-opacity:.7}
.good,.gain{fill:var(--good);color:var(--good);stroke:var(--good)}.bad,.loss{fill:var(--bad);color:var(--bad);stroke:var(--bad)}.plain{fill:var(--main)}
rect{stroke:none}.rise{fill:var(--good);stroke:var(--good);stroke-width:.7}.fall{fill:var(--bad);stroke:var(--bad);stroke-width:.7}
.stop{stroke:var(--bad);stroke-dasharray:3 3}.target{stroke:var(--good);stroke-dasharray:3 3}.way{stroke-width:2}
`;
