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

/** What has grown since the sample before, by the second. */
const perSecond = (name) => (sample, before) =>
  before === undefined || sample.time <= before.time
    ? null
    : Math.max(0, (1000 * (sample[name] - before[name])) / (sample.time - before.time))
const total = (name) => (sample) => sample[name]
const latency = (percentile) => (sample) => sample.latencyMs?.[percentile] ?? null
const milliseconds = (value) => `${value < 10 ? value.toPrecision(2) : Math.round(value)} ms`
const rate = (value) => (value < 10 ? String(Number(value.toPrecision(2))) : number.format(Math.round(value)))

const charts = [
  { title: 'Objects a second', lines: [['objects/s', total('objectsPerSecond')]], show: rate },
  { title: 'Bytes a second', lines: [['bytes/s', total('bytesPerSecond')]], show: bytes },
  {
    title: 'Concurrency',
    lines: [
      ['limit', total('limit')],
      ['in flight', total('inFlight')],
    ],
    show: number.format,
  },
  {
    title: 'Time to the first byte at the source',
    lines: [
      ['median', latency('p50')],
      ['90th percentile', latency('p90')],
    ],
    show: milliseconds,
  },
  {
    title: 'Refused and failed attempts a second',
    lines: [
      ['throttled', perSecond('throttled')],
      ['failed', perSecond('failedAttempts')],
    ],
    show: rate,
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
      legend: {
        live: false,
        markers: { stroke: (_, series) => `var(${strokes[series - 1]})`, fill: 'none' },
      },
      cursor: { show: false },
      scales: { y: { range: (_, low, high) => [Math.min(low ?? 0, 0), Math.max(high ?? 1, 1)] } },
      axes: [axis, { ...axis, values: (_, ticks) => ticks.map(show) }],
      series: [
        {},
        ...lines.map(([label], index) => ({
          label,
          width: 2,
          stroke: () => color(strokes[index]),
          // Told apart without colours, too.
          dash: index === 0 ? [] : [6, 4],
        })),
      ],
    },
    [[], ...lines.map(() => [])],
    holder,
  )
  addEventListener('resize', () => plot.setSize({ width: figure.clientWidth, height: 180 }))
  return (samples) => {
    plot.setData([
      samples.map(({ time }) => time / 1000),
      ...lines.map(([, read]) => samples.map((sample, index) => read(sample, samples[index - 1]))),
    ])
    const last = samples.at(-1)
    const before = samples.at(-2)
    const said = lines
      .map(([label, read]) => [label, read(last, before)])
      .map(([label, value]) => `${label} ${value === null ? 'unknown' : show(value)}`)
      .join(', ')
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

const phaseOf = ({ paused, waitingUntil }) => {
  if (paused) return 'paused: nothing new begins'
  if (waitingUntil === null) return 'copying'
  return `waiting for new manifests, next look at ${new Date(waitingUntil).toLocaleTimeString()}`
}

/** Said aloud by screen readers, so only when it is news. */
const say = (phase) => {
  if (byId('state').textContent !== phase) byId('state').textContent = phase
}

const show = ({ source, destination, samples, manifests, failures }) => {
  const last = samples.at(-1)
  if (last === undefined) return
  const done = last.completed + last.skipped + last.failed
  const share = last.rows ? ` of ${number.format(last.rows)} (${Math.floor((100 * done) / last.rows)} %)` : ''
  byId('what').textContent = `${source} → ${destination}: ${number.format(done)}${share} objects`
  say(phaseOf(last))
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
    say('the run has ended, or cannot be reached')
    setTimeout(poll, 10_000)
  }
}
void poll()
