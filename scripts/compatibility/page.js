// @ts-check
/**
 * @typedef {import('./product.js').Row} Row
 * @typedef {{ passed: number, total: number, failures: { topic: string, test: string, reason: string }[] }} Contract
 * @typedef {{ store: string, date: string, product: { setUp: string[], rows: Row[] } | null, contract: Contract | null }} Trial
 */

/**
 * The results of one store.
 *
 * @param {Trial} trial
 */
export function storePage({ store, date, product, contract }) {
  const lines = [`# ${store}`, '', `Tried on ${date}.`, '']
  if (product !== null) {
    lines.push('| what | result | detail |', '| --- | --- | --- |')
    for (const problem of product.setUp) lines.push(`| set-up | ${cell(problem)} | |`)
    for (const { title, result, detail = '' } of product.rows) {
      lines.push(`| ${cell(title)} | ${cell(result)} | ${cell(detail)} |`)
    }
    lines.push('')
  }
  if (contract !== null) lines.push(...contractLines(contract))
  return `${lines.join('\n')}\n`
}

/**
 * One table of several stores: a row for whatever at least one of them does otherwise.
 *
 * @param {readonly Trial[]} trials
 */
export function matrixPage(trials) {
  /** @type {Map<string, string>} */
  const titles = new Map()
  for (const { product } of trials) for (const { id, title } of product?.rows ?? []) titles.set(id, title)
  const lines = [
    `| | ${trials.map(({ store }) => store).join(' | ')} |`,
    `| --- | ${trials.map(() => '---').join(' | ')} |`,
  ]
  for (const [id, title] of titles) {
    const results = trials.map(({ product }) => product?.rows.find((row) => row.id === id)?.result ?? '')
    const same = results.every((result) => result === 'yes' || result === '')
    if (!same) lines.push(`| ${title} | ${results.map((result) => cell(result)).join(' | ')} |`)
  }
  const contracts = trials.map(({ contract }) =>
    contract === null ? '' : `${contract.passed} of ${contract.total}`,
  )
  lines.push(`| contract suite | ${contracts.join(' | ')} |`)
  return `${lines.join('\n')}\n`
}

/** @param {Contract} contract */
function contractLines({ passed, total, failures }) {
  const lines = [`The contract suite: ${passed} of ${total} pass.`, '']
  if (failures.length === 0) return lines
  lines.push('| topic | test | reason |', '| --- | --- | --- |')
  for (const { topic, test, reason } of failures) {
    lines.push(`| ${cell(topic)} | ${cell(test)} | ${cell(reason)} |`)
  }
  return [...lines, '']
}

/** @param {string} text */
function cell(text) {
  return text
    .replaceAll('|', String.raw`\|`)
    .replaceAll(/\s+/g, ' ')
    .slice(0, 200)
}
