/* global uPlot */
// The page of a run under way. Everything that comes from a store is set as text, never as markup.
const byId = (id) => document.getElementById(id)
const number = new Intl.NumberFormat('en')
const bytes = (value) => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? Math.round(value) : value.toPrecision(3)} ${units[unit]}`
}
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

const charts = [
  { title: 'Objects a second', lines: [['objects/s', 'objectsPerSecond']], show: number.format },
  { title: 'Bytes a second', lines: [['bytes/s', 'bytesPerSecond']], show: bytes },
  {
    title: 'Concurrency',
    lines: [
      ['limit', 'limit'],
      ['in flight', 'inFlight'],
    ],
    show: number.format,
  },
  {
    title: 'Failures and throttled attempts so far',
    lines: [
      ['failed', 'failed'],
      ['throttled', 'throttled'],
    ],
    show: number.format,
  },
]

const draw = charts.map(({ title, lines, show }) => {
  const figure = document.createElement('figure')
  const caption = document.createElement('figcaption')
  caption.textContent = title
  const holder = document.createElement('div')
  holder.setAttribute('role', 'img')
  figure.append(caption, holder)
  byId('charts').append(figure)
  const axis = { stroke: () => color('--soft'), grid: { stroke: () => color('--line'), width: 1 }, size: 64 }
  const strokes = ['--one', '--two']
  const plot = new uPlot(
    {
      width: figure.clientWidth,
      height: 180,
      legend: { live: false },
      cursor: { show: false },
      scales: { y: { range: (_, low, high) => [Math.min(low ?? 0, 0), Math.max(high ?? 1, 1)] } },
      axes: [axis, { ...axis, values: (_, ticks) => ticks.map(show) }],
      series: [
        {},
        ...lines.map(([label], index) => ({ label, width: 2, stroke: () => color(strokes[index]) })),
      ],
    },
    [[], ...lines.map(() => [])],
    holder,
  )
  addEventListener('resize', () => plot.setSize({ width: figure.clientWidth, height: 180 }))
  return (samples) => {
    plot.setData([
      samples.map(({ time }) => time / 1000),
      ...lines.map(([, name]) => samples.map((sample) => sample[name])),
    ])
    const last = samples.at(-1)
    const said = lines.map(([label, name]) => `${label} ${show(last[name])}`).join(', ')
    holder.setAttribute('aria-label', `${title}: now ${said}`)
  }
})

const showFigures = (last, found) => {
  const { completed, skipped, failed } = last.manifests
  const figures = [
    ['copied', number.format(last.completed)],
    ['skipped', number.format(last.skipped)],
    ['failed', number.format(last.failed)],
    ['bytes', bytes(last.bytes)],
    ['manifests', `${number.format(completed + skipped + failed)} of ${number.format(found)}`],
    ['objects/s', number.format(Math.round(last.objectsPerSecond))],
    ['concurrency', `${number.format(last.inFlight)} of ${number.format(last.limit)}`],
    ['throttled', number.format(last.throttled)],
  ]
  byId('figures').replaceChildren(
    ...figures.map(([name, value]) => {
      const pair = document.createElement('div')
      const term = document.createElement('dt')
      const detail = document.createElement('dd')
      term.textContent = name
      detail.textContent = value
      pair.append(term, detail)
      return pair
    }),
  )
}

const showFailures = (failures) => {
  byId('no-failures').hidden = failures.length > 0
  byId('failures').hidden = failures.length === 0
  byId('failures').tBodies[0].replaceChildren(
    ...failures.map(({ key, code, message }) => {
      const row = document.createElement('tr')
      for (const text of [key === '' ? '(no key)' : key, code, message]) {
        const cell = document.createElement('td')
        cell.textContent = text
        row.append(cell)
      }
      return row
    }),
  )
}

const show = ({ source, destination, samples, manifests, failures }) => {
  const last = samples.at(-1)
  if (last === undefined) return
  const done = last.completed + last.skipped + last.failed
  const share = last.rows ? ` of ${number.format(last.rows)} (${Math.floor((100 * done) / last.rows)} %)` : ''
  const next = last.waitingUntil && new Date(last.waitingUntil).toLocaleTimeString()
  const waiting = next ? `; waiting for new manifests, next look at ${next}` : ''
  byId('state').textContent = `${source} → ${destination}: ${number.format(done)}${share} objects${waiting}`
  document.title = `${last.rows ? `${Math.floor((100 * done) / last.rows)} % ` : ''}Lagoon Sync`
  if (last.rows) byId('done').value = done / last.rows
  showFigures(last, manifests)
  showFailures(failures)
  for (const update of draw) update(samples)
}

const poll = async () => {
  try {
    const response = await fetch('live.json', { cache: 'no-store' })
    show(await response.json())
    setTimeout(poll, 1000)
  } catch {
    byId('state').textContent += ' — the run has ended, or cannot be reached'
    setTimeout(poll, 10_000)
  }
}
void poll()
