// Takes the pictures of the README from a real run: `node scripts/pictures.js`, after a build, with Chromium on the machine.
// A run copies between two S3 servers in this process; half-way, its terminal becomes an SVG and its live page a PNG, both light and dark.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import xterm from '@xterm/headless'
import { createManifestWriter } from '../packages/manifest/dist/index.js'
import { startSandbox } from '../packages/s3-sandbox/dist/index.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const pictures = join(root, 'docs/pictures')
const { chromium } = createRequire(join(root, 'apps/cli/package.json'))('playwright-core')

const OBJECTS = 6000
const COLUMNS = 100
const ROWS = 16
/** Share of the objects that is copied when the pictures are taken. */
const MOMENT = 0.6

const THEMES = {
  light: {
    paper: '#ffffff',
    ink: '#1b1f24',
    colors: ['#1b1f24', '#a40e26', '#116329', '#7d4e00', '#0550ae', '#8250df', '#1b7c83', '#57606a'],
  },
  dark: {
    paper: '#0d1117',
    ink: '#e6edf3',
    colors: ['#484f58', '#ff7b72', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#76e3ea', '#9aa4af'],
  },
}

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** The screen of a terminal as an SVG: a line of text a row, with the colours and weights of its cells. */
function svgOf(terminal, theme) {
  const [width, height, margin] = [8.4, 18, 16]
  const buffer = terminal.buffer.active
  const rows = Array.from({ length: terminal.rows }, (_, y) => buffer.getLine(buffer.viewportY + y))
  const last = rows.findLastIndex((line) => line?.translateToString(true) !== '')
  const spans = rows.slice(0, last + 1).flatMap((line, y) => {
    const runs = []
    for (let x = 0; x < terminal.cols; x += 1) {
      const cell = line.getCell(x)
      const color = cell.isFgPalette() ? theme.colors[cell.getFgColor() % 8] : theme.ink
      const style = `fill="${cell.isDim() ? theme.colors[7] : color}"${cell.isBold() ? ' font-weight="bold"' : ''}`
      if (runs.at(-1)?.style === style) runs.at(-1).text += cell.getChars() || ' '
      else runs.push({ x, style, text: cell.getChars() || ' ' })
    }
    return runs
      .filter(({ text }) => text.trim() !== '')
      .map(({ x, style, text }) => {
        const shown = text.trim()
        const from = x + text.length - text.trimStart().length
        return (
          `<text x="${(margin + from * width).toFixed(1)}" y="${margin + (y + 1) * height - 5}" ${style} ` +
          `textLength="${(shown.length * width).toFixed(1)}">${escape(shown)}</text>`
        )
      })
  })
  const size = [2 * margin + terminal.cols * width, 2 * margin + (last + 1) * height].map(Math.ceil)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.join(' ')}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">`,
    `<rect width="100%" height="100%" rx="8" fill="${theme.paper}"/>`,
    ...spans,
    '</svg>\n',
  ].join('\n')
}

const directory = mkdtempSync(join(tmpdir(), 'lagoon-pictures-'))
const shape = { latencyMs: { medianMs: 40, sigma: 0.3 } }
const source = await startSandbox({ buckets: ['lake'], shape })
const destination = await startSandbox({ buckets: ['lake-copy'], shape })
const keys = Array.from(
  { length: OBJECTS },
  (_, index) => `events/2026/part-${String(index).padStart(5, '0')}.parquet`,
)
const bodies = keys.map((_, index) => new Uint8Array(8 * 1024 + ((index * 7919) % (56 * 1024))))
for (const [index, key] of keys.entries()) await source.store.put('lake', key, bodies[index])
const writer = await createManifestWriter({ directory: join(directory, 'manifest') })
for (const [index, key] of keys.entries()) writer.write({ key, size: bodies[index].length })
for (const { path } of await writer.close())
  await source.store.put('lake', `manifest/${basename(path)}`, readFileSync(path))

const side = (name, { url, credentials }, bucket) => ({
  [`LAGOON_${name}_ENDPOINT_URL`]: url,
  [`LAGOON_${name}_BUCKET`]: bucket,
  [`LAGOON_${name}_ACCESS_KEY_ID`]: credentials.accessKeyId,
  [`LAGOON_${name}_SECRET_ACCESS_KEY`]: credentials.secretAccessKey,
})
const port = 9477
const program = `${process.execPath} ${join(root, 'apps/cli/bin/lagoon.js')} --metrics-port ${port}`
const run = spawn('script', ['-qfc', `stty cols ${COLUMNS} rows ${ROWS}; exec ${program}`, '/dev/null'], {
  cwd: directory,
  env: {
    ...process.env,
    ...side('SOURCE', source, 'lake'),
    ...side('DESTINATION', destination, 'lake-copy'),
    TERM: 'xterm-256color',
    FORCE_COLOR: '1',
  },
})
const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true })
run.stdout.on('data', (bytes) => terminal.write(bytes))
const ended = new Promise((resolve) => run.once('close', resolve))

const copied = () => destination.requests.records.length
await new Promise((resolve) => {
  const timer = setInterval(() => {
    if (copied() < MOMENT * OBJECTS) return
    clearInterval(timer)
    resolve()
  }, 50)
})

mkdirSync(pictures, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
for (const [name, theme] of Object.entries(THEMES)) {
  writeFileSync(join(pictures, `run-${name}.svg`), svgOf(terminal, theme))
  const page = await browser.newPage({ viewport: { width: 1180, height: 820 }, colorScheme: name })
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.waitForSelector('#figures dd')
  await page.screenshot({ path: join(pictures, `live-${name}.png`) })
}
await browser.close()
await ended
await Promise.all([source.close(), destination.close()])
rmSync(directory, { recursive: true })
