import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { escapeHtml, scriptData } from './html.js'
import type { ReportPage } from './page.js'
import { renderBlock } from './render-block.js'
import { style } from './style.js'

/**
 * A page as one HTML file: style, plotting library, script and data are inside, and a policy forbids the browser to
 * fetch anything else.
 */
export async function renderPage(page: ReportPage): Promise<string> {
  const [library, libraryStyle, script] = await Promise.all([
    readFile(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.iife.min.js')), 'utf8'),
    readFile(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css')), 'utf8'),
    readFile(new URL('./page-script.js', import.meta.url), 'utf8'),
  ])
  const facts = page.facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(page.title)}</title>
<style>${libraryStyle}${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(page.title)}</h1>
<p class="lead">${escapeHtml(page.lead)}</p>
${page.blocks.map(renderBlock).join('\n')}
<section><h2>Where and how</h2><dl>${facts.join('')}<dt>To repeat it</dt><dd><code>${escapeHtml(page.command)}</code></dd></dl></section>
</main>
<script type="application/json" id="blocks">${scriptData(page.blocks)}</script>
<script>${library}</script>
<script type="module">${script}</script>
</body>
</html>
`
}

/** Writes the page beside its JSON. Returns the path. */
export async function saveReport(page: ReportPage, base: string): Promise<string> {
  const path = `${base}.html`
  await writeFile(path, await renderPage(page))
  return path
}
