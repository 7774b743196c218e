import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { BarsSection, ReportFact, Report, Section, TableSection } from './report.js'
import { style } from './style.js'

/** The frame of a report: the circumstances of the measurement, and how to repeat it. */
interface Circumstances {
  /** Load and noise, shown right below the finding. */
  conditions: string
  facts: readonly ReportFact[]
  command: string
}

/**
 * A report as one HTML file: style, plotting library, script and data are inline, and a policy forbids the browser to fetch anything else.
 */
export async function renderHtml(
  report: Report,
  { conditions, facts, command }: Circumstances,
): Promise<string> {
  const [library, libraryStyle, script] = await Promise.all([
    readFile(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.iife.min.js')), 'utf8'),
    readFile(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css')), 'utf8'),
    readFile(new URL('./page-script.js', import.meta.url), 'utf8'),
  ])
  const terms = [...(report.facts ?? []), ...facts].map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`,
  )
  const notes = (report.notes ?? []).map((note) => `<li>${escapeHtml(note)}</li>`).join('')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(report.title)}</title>
<style>${libraryStyle}${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(report.title)}</h1>
<p class="lead">${escapeHtml(report.headline)} <span class="conditions">${escapeHtml(conditions)}</span></p>
${report.sections.map(renderSection).join('\n')}
${notes === '' ? '' : `<section><h2>Notes</h2><ul>${notes}</ul></section>`}
<section><h2>Where and how</h2><dl>${terms.join('')}<dt>To repeat it</dt><dd><code>${escapeHtml(command)}</code></dd></dl></section>
</main>
<script type="application/json" id="sections">${scriptData(report.sections)}</script>
<script>${library}</script>
<script type="module">${script}</script>
</body>
</html>
`
}

/** One section. Plots are empty boxes that the page's script fills with the data of the same number. */
function renderSection(section: Section, number: number): string {
  const title = escapeHtml(section.title)
  if (section.type === 'table' && section.folded)
    return `<section><details><summary>${title}</summary>${renderTable(section)}</details></section>`
  return `<section><h2>${title}</h2>${contentOf(section, number)}</section>`
}

function contentOf(section: Section, number: number): string {
  switch (section.type) {
    case 'table':
      return renderTable(section)
    case 'bars':
      return renderBars(section)
    case 'lines':
    case 'scatter':
      return canBeDrawn(section)
        ? `<div class="plot" data-section="${number}" role="img" aria-label="${escapeHtml(section.title)}"></div><p class="reason" aria-live="polite"></p>`
        : `<p class="hint">Nothing to draw: ${escapeHtml(section.whyEmpty)}</p>`
  }
}

/** A plot needs at least two points. */
function canBeDrawn(section: Extract<Section, { type: 'lines' | 'scatter' }>): boolean {
  if (section.type === 'scatter')
    return section.points.filter(({ x, y }) => Number.isFinite(x + y)).length > 1
  return section.lines.some(({ values }) => values.filter((value) => Number.isFinite(value)).length > 1)
}

/** Long texts may wrap; figures never do. */
function cell(text: string): string {
  return text.length > 40 ? `<td class="wrap">${escapeHtml(text)}</td>` : `<td>${escapeHtml(text)}</td>`
}

function renderTable({ title, header, rows }: TableSection): string {
  const head = header.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div><p class="more" hidden>Scroll sideways for more columns →</p>`
}

function renderBars({ bars, better }: BarsSection): string {
  if (bars.length === 0) return '<p class="hint">Nothing to draw: no run counts.</p>'
  const longest = Math.max(...bars.map(({ max }) => max))
  // Bars use at most 70 % of the track, which leaves room for every value beside its bar.
  const width = (value: number): string => `${longest > 0 ? ((value / longest) * 70).toFixed(2) : '0'}%`
  const rows = bars.map(({ label, value, min, max, text, own }) => {
    const whisker =
      max > min ? `<span class="whisker" style="left:${width(min)};width:${width(max - min)}"></span>` : ''
    return `<div class="bar${own ? ' own' : ''}"><span class="name">${escapeHtml(label)}</span><span class="track"><span class="fill" style="width:${width(value)}"></span>${whisker}<span class="value" style="margin-left:${width(max - value)}">${escapeHtml(text)}</span></span></div>`
  })
  const whiskers = bars.some(({ min, max }) => max > min) ? ' Whiskers: all repeats.' : ''
  return `<p class="hint">${better === 'lower' ? 'Shorter is better.' : 'Longer is better.'}${whiskers}</p>${rows.join('')}`
}

/** Text made safe for HTML, in elements and in quoted attributes. */
function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** Data for a script element: JSON that cannot end the element for an HTML parser. */
export function scriptData(data: unknown): string {
  return JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}
