"""The style of the page with charts: one sheet, for light and dark, wide and narrow, screen and paper.

Text on surfaces and on the shades of the map has a contrast of 4.5 at least (WCAG 2.2, 1.4.3).
"""

STYLE = """
:root { color-scheme: light dark;
  --page: #f6f6f3; --card: #ffffff; --ink: #14140f; --soft: #55544e; --line: #e2e1da; --track: #efeee8;
  --mark: #1f6bc7; --good: #0b7a32; --bad: #b3261e; --doubt: #8a5a00; --none: #63625c;
  --s0: #7f1d1d; --s1: #b3372c; --s2: #d9694e; --s3: #efa98b; --s4: #f8ddcd;
  --t0: #ffffff; --t1: #ffffff; --t2: #14140f; --t3: #14140f; --t4: #14140f }
@media (prefers-color-scheme: dark) { :root {
  --page: #131312; --card: #1c1c1a; --ink: #f2f1ec; --soft: #b3b2a9; --line: #34342f; --track: #2a2a27;
  --mark: #5a9df0; --good: #4cc274; --bad: #f2857b; --doubt: #e8b44a; --none: #a5a49b;
  --s0: #f4a48a; --s1: #db7256; --s2: #a8452f; --s3: #6f2f24; --s4: #46261f;
  --t0: #14140f; --t1: #14140f; --t2: #ffffff; --t3: #ffffff; --t4: #f2f1ec } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  font-size: 15px; -webkit-text-size-adjust: 100% }
main, header, footer { max-width: 1160px; margin: 0 auto; padding: 0 24px }
header { padding-top: 36px; padding-bottom: 4px }
h1 { font-size: 26px; line-height: 1.25; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere }
h1 small { display: block; font-size: 12px; font-weight: 600; letter-spacing: .08em;
  text-transform: uppercase; color: var(--soft) }
h2 { font-size: 16px; margin: 0 0 2px; line-height: 1.35 }
p { margin: 0 }
.soft, footer { color: var(--soft); font-size: 13px }
.standing { display: inline-flex; align-items: center; gap: 10px; margin: 14px 0 6px; font-weight: 600 }
.dot-mark { flex: none; width: 22px; height: 22px; border-radius: 50%; display: inline-grid;
  place-items: center; color: var(--card); font-size: 13px; font-weight: 700; line-height: 1 }
.passed { background: var(--good) } .findings { background: var(--bad) }
.unknown { background: var(--doubt) } .nothing { background: var(--none) }
.tiles { display: grid; grid-template-columns: repeat(5, 1fr); gap: 14px; margin: 20px 0 14px; padding: 0;
  list-style: none }
.tiles li, section { background: var(--card); border: 1px solid var(--line); border-radius: 12px }
.tiles li { padding: 14px 18px }
.tiles b { display: block; font-size: 28px; line-height: 1.2; font-weight: 650; letter-spacing: -.02em }
.tiles b span { font-size: 15px; font-weight: 500; color: var(--soft); letter-spacing: 0 }
.tiles .label { color: var(--soft); font-size: 13px; font-weight: 600 }
.cards { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 14px; margin-bottom: 14px }
section { padding: 18px 20px; min-width: 0 }
section.full { grid-column: 1 / -1 }
svg { display: block; width: 100%; height: auto; margin-top: 12px; overflow: visible }
svg text { font-size: 12px; fill: var(--soft); font-family: inherit }
svg .value, svg .name { fill: var(--ink); font-weight: 600 }
.rule { stroke: var(--line); stroke-width: 1 } .track { fill: var(--track) } .bar { fill: var(--mark) }
.line { fill: none; stroke: var(--mark); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round }
.gap { stroke-dasharray: 2 5; stroke-width: 1.5 } .dot { fill: var(--mark) } .target { fill: transparent }
.now { stroke: var(--card); stroke-width: 2 }
.s0 { fill: var(--s0) } .s1 { fill: var(--s1) } .s2 { fill: var(--s2) } .s3 { fill: var(--s3) }
.s4 { fill: var(--s4) }
.on0 text { fill: var(--t0) } .on1 text { fill: var(--t1) } .on2 text { fill: var(--t2) }
.on3 text { fill: var(--t3) } .on4 text { fill: var(--t4) }
.map g g:hover .cell { stroke: var(--ink); stroke-width: 2 }
.map .on0 text, .map .on1 text, .map .on2 text, .map .on3 text, .map .on4 text { font-weight: 600 }
.map text.less { font-weight: 400 }
.tall { display: none }
svg.spark { width: 120px; height: 28px; margin: 0; display: inline-block; vertical-align: middle }
.key { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 10px 0 0; padding: 0; list-style: none;
  color: var(--soft); font-size: 13px }
.key li { display: flex; align-items: center; gap: 6px }
.key i { width: 12px; height: 12px; border-radius: 3px }
.k0 { background: var(--s0) } .k1 { background: var(--s1) } .k2 { background: var(--s2) }
.k3 { background: var(--s3) } .k4 { background: var(--s4) }
.wide { overflow-x: auto; margin-top: 10px; position: relative }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
th, td { padding: 7px 12px 7px 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: middle }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; font-size: 12.5px }
tbody th { font-weight: 600 } tbody tr:last-child > * { border-bottom: 0 }
.number { text-align: right; white-space: nowrap } th:last-child, td:last-child { padding-right: 0 }
.state { display: inline-flex; align-items: center; gap: 8px; white-space: nowrap }
.state .dot-mark { width: 18px; height: 18px; font-size: 11px }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .92em;
  overflow-wrap: anywhere; font-weight: 500 }
details { margin-top: 12px; font-size: 13.5px }
summary { cursor: pointer; color: var(--mark); font-weight: 600; width: fit-content; border-radius: 4px }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px }
footer { padding-top: 8px; padding-bottom: 40px }
@media (max-width: 860px) { .cards { grid-template-columns: minmax(0, 1fr) }
  .tiles { grid-template-columns: repeat(6, 1fr) } .tiles li { grid-column: span 2 }
  .tiles li:nth-child(-n+2) { grid-column: span 3 } }
@media (max-width: 560px) { main, header, footer { padding-left: 14px; padding-right: 14px }
  header { padding-top: 22px } section { padding: 16px 14px } .tiles { gap: 10px }
  .tiles li { padding: 11px 13px; grid-column: span 3 } .tiles li:first-child { grid-column: 1 / -1 }
  .tiles b { font-size: 24px } .chart:not(.map) text { font-size: 17px }
  .broad { display: none } .tall { display: block } }
@media print { body { background: none } section, .tiles li { break-inside: avoid } }
"""
