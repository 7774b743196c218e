import { escapeHtml } from './html.js'
import type { BarsBlock, Block, TableBlock } from './page.js'

/** One block as HTML. Plots are empty boxes that the page's script fills from the data under the same number. */
export function renderBlock(block: Block, number: number): string {
  const title = `<h2>${escapeHtml(block.title)}</h2>`
  switch (block.type) {
    case 'table':
      return block.folded
        ? `<section><details><summary>${escapeHtml(block.title)}</summary>${renderTable(block)}</details></section>`
        : `<section>${title}${renderTable(block)}</section>`
    case 'bars':
      return `<section>${title}${renderBars(block)}</section>`
    case 'notes':
      return `<section>${title}<ul>${block.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul></section>`
    case 'lines':
    case 'scatter':
      return `<section>${title}<div class="plot" data-block="${number}" role="img" aria-label="${escapeHtml(block.title)}"></div><p class="reason" aria-live="polite"></p></section>`
  }
}

/** Long texts may break; figures never. */
function cell(text: string): string {
  return text.length > 40 ? `<td class="wrap">${escapeHtml(text)}</td>` : `<td>${escapeHtml(text)}</td>`
}

function renderTable(block: TableBlock): string {
  const head = block.header.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('')
  const body = block.rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')
  return `<div class="scroll" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`
}

function renderBars(block: BarsBlock): string {
  const longest = Math.max(...block.bars.map((bar) => bar.max ?? bar.value))
  // Bars take at most 70 % of the track, so that every value has room beside its bar.
  const width = (value: number): string => `${longest > 0 ? ((value / longest) * 70).toFixed(2) : '0'}%`
  const rows = block.bars.map((bar) => {
    const whisker =
      bar.min !== undefined && bar.max !== undefined && bar.max > bar.min
        ? `<span class="whisker" style="left:${width(bar.min)};width:${width(bar.max - bar.min)}"></span>`
        : ''
    return `<div class="bar${bar.own ? ' own' : ''}"><span class="name">${escapeHtml(bar.label)}</span><span class="track"><span class="fill" style="width:${width(bar.value)}"></span>${whisker}<span class="value" style="margin-left:${width((bar.max ?? bar.value) - bar.value)}">${escapeHtml(bar.text)}</span></span></div>`
  })
  const whiskers = block.bars.some((bar) => bar.max !== undefined) ? ' Whiskers: all repeats.' : ''
  return `<p class="hint">${block.better === 'lower' ? 'Shorter is better.' : 'Longer is better.'}${whiskers}</p>${rows.join('')}`
}
