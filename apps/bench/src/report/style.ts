/** The report's style: one column, dark and light by the reader's setting, readable from 320 px. */
export const style = `
:root { color-scheme: light dark; --ground: #fbfbf9; --panel: #ffffff; --ink: #1c2126; --faint: #5d6770; --rule: #dfe3e6;
  --own: #0b6e99; --peer: #9aa7b1; --whisker: #1c2126; --c0: #0b6e99; --c1: #c2571a; --c2: #3c8031; --c3: #8a4fb0; --c4: #a88a00;
  --c5: #b0376a; --up: #3c8031; --down: #c0392b; --note: #7a8590; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181b; --panel: #1b2024; --ink: #e6eaed; --faint: #9aa5ae; --rule: #313a41;
  --own: #4db3de; --peer: #5f6d77; --whisker: #e6eaed; --c0: #4db3de; --c1: #f0934e; --c2: #7cc46c; --c3: #c192e4; --c4: #e0c341;
  --c5: #ef7fae; --up: #7cc46c; --down: #ff7b6b; --note: #8d99a3; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
.lead { font-size: 1.1rem; margin: 0 0 1rem; }
.conditions { color: var(--faint); display: block; font-size: 1rem; margin-top: .4rem; }
code { font: .875em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
section { background: var(--panel); border: 1px solid var(--rule); border-radius: .5rem; padding: 1rem; margin: 1rem 0; }
.hint { color: var(--faint); font-size: .85rem; margin: -.3rem 0 .6rem; }
.scroll { overflow-x: auto; background:
  linear-gradient(to left, var(--panel), transparent) 100% 0 / 3rem 100% no-repeat local,
  linear-gradient(to left, var(--rule), transparent) 100% 0 / 1.2rem 100% no-repeat scroll; }
.scroll th:first-child, .scroll td:first-child { position: sticky; left: 0; background: var(--panel); z-index: 1; padding-right: 1rem; }
.more { color: var(--faint); font-size: .85rem; margin: .4rem 0 0; text-align: right; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; width: 100%; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; }
th { color: var(--faint); font-weight: 600; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
td.wrap { white-space: normal; text-align: left; min-width: 14rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; font-size: .875rem; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } .bar { grid-template-columns: 1fr !important; gap: .1rem !important; } }
.bar { display: grid; grid-template-columns: 8.5rem 1fr; gap: .75rem; align-items: center; margin: .4rem 0; font-size: .875rem; }
.track { position: relative; display: flex; align-items: center; gap: .5rem; min-height: 1.4rem; }
.fill { height: 1.1rem; min-width: 2px; border-radius: 0 .2rem .2rem 0; background: var(--peer); flex: none; }
.own .fill { background: var(--own); } .own .name { font-weight: 600; }
.whisker { position: absolute; height: .5rem; border: solid var(--whisker); border-width: 0 1px; pointer-events: none; }
.whisker::before { content: ''; position: absolute; left: 0; right: 0; top: calc(50% - .5px); border-top: 1px solid var(--whisker); }
.value { font-variant-numeric: tabular-nums; white-space: nowrap; padding-left: .25rem; }
.plot { width: 100%; min-height: 18rem; }
.uplot, .u-legend { font-family: inherit !important; }
.u-legend { font-size: .8rem; text-align: left !important; }
.u-legend th, .u-legend td { border: 0; padding: .1rem .2rem; color: inherit; }
.reason { min-height: 1.5em; font-size: .85rem; color: var(--faint); margin: .3rem 0 0; }
summary { cursor: pointer; font-weight: 600; }
`
