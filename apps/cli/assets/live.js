/* global uPlot */
// The page of a run in progress. Everything that comes from a store is set as text, never as markup.
const byId = (id) => document.getElementById(id)
const whole = new Intl.NumberFormat('en')
const MAX_SAMPLES = 600

const bytes = (value) => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? Math.round(value) : value.toPrecision(3)} ${units[unit]}`
}
const rate = (value) => (value < 10 ? String(Number(value.toPrecision(2))) : whole.format(Math.round(value)))
const milliseconds = (value) =>
  `${value < 10 ? Number(value.toPrecision(2)) : whole.format(Math.round(value))} ms`
const duration = (ms) => {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const [days, hours, minutes] = [86_400, 3600, 60].map((unit) => Math.floor(seconds / unit))
  if (days > 0) return `${days} d ${hours % 24} h`
  if (hours > 0) return `${hours} h ${minutes % 60} min`
  if (minutes > 0) return `${minutes} min ${seconds % 60} s`
  return `${seconds} s`
}
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const zoned = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' })
const dated = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
})
/** A time of today by the clock, any other with its date; with the zone in both cases. */
const moment = (ms) => (new Date(ms).toDateString() === new Date().toDateString() ? zoned : dated).format(ms)
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

const element = (name, text, className) => {
  const made = document.createElement(name)
  made.textContent = text
  if (className !== undefined) made.className = className
  return made
}

/** Growth since the sample before, per second. */
const perSecond = (name) => (sample, before) =>
  before === undefined || sample.time <= before.time
    ? null
    : Math.max(0, (1000 * (sample[name] - before[name])) / (sample.time - before.time))
const value = (name) => (sample) => sample[name]
const latency = (percentile) => (sample) => sample.latencyMs?.[percentile] ?? null

const charts = [
  { title: 'Objects per second', lines: [['objects/s', value('objectsPerSecond')]], show: rate },
  { title: 'Bytes per second', lines: [['bytes/s', value('bytesPerSecond')]], show: bytes },
  {
    title: 'Concurrency',
    lines: [
      ['limit', value('limit')],
      ['in flight', value('inFlight')],
    ],
    show: rate,
  },
  {
    title: 'Time to first byte at the source',
    lines: [
      ['median', latency('p50')],
      ['90th percentile', latency('p90')],
    ],
    show: milliseconds,
  },
  {
    title: 'Attempts that failed, per second',
    lines: [
      ['throttled', perSecond('throttled')],
      ['failed', perSecond('failedAttempts')],
    ],
    show: rate,
  },
]

const LABEL_FONT = '12px system-ui, sans-serif'
const measure = document.createElement('canvas').getContext('2d')
/** As wide as its widest label. */
const labelWidth = (_, labels) => {
  measure.font = LABEL_FONT
  return 24 + Math.max(16, ...(labels ?? []).map((label) => measure.measureText(label).width))
}

const draw = charts.map(({ title, lines, show }) => {
  const figure = document.createElement('figure')
  const holder = document.createElement('div')
  holder.setAttribute('role', 'img')
  figure.append(element('figcaption', title), holder)
  byId('charts').append(figure)
  const axis = {
    stroke: () => color('--soft'),
    grid: { stroke: () => color('--line'), width: 1 },
    ticks: { show: false },
    font: LABEL_FONT,
  }
  const strokes = ['--one', '--two']
  const size = () => ({ width: figure.clientWidth - 16, height: 190 })
  const plot = new uPlot(
    {
      ...size(),
      legend: {
        live: false,
        markers: { stroke: (_, series) => `var(${strokes[series - 1]})`, fill: 'none' },
      },
      cursor: { show: false },
      scales: { y: { range: (_, low, high) => [Math.min(low ?? 0, 0), Math.max((high ?? 1) * 1.05, 1)] } },
      axes: [
        {
          ...axis,
          size: 32,
          space: 80,
          values: (_, ticks) => ticks.map((time) => clock.format(1000 * time)),
        },
        { ...axis, size: labelWidth, values: (_, ticks) => ticks.map(show) },
      ],
      series: [
        {},
        ...lines.map(([label], index) => ({
          label,
          width: 2,
          points: { show: false },
          stroke: () => color(strokes[index]),
          // Told apart without colours, too.
          dash: index === 0 ? [] : [6, 4],
        })),
      ],
    },
    [[], ...lines.map(() => [])],
    holder,
  )
  // The layout of the first figures changes when the others appear.
  new ResizeObserver(() => plot.setSize(size())).observe(figure)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw())
  return (samples) => {
    plot.setData([
      samples.map(({ time }) => time / 1000),
      ...lines.map(([, read]) => samples.map((sample, index) => read(sample, samples[index - 1]))),
    ])
    const said = lines
      .map(([label, read]) => [label, read(samples.at(-1), samples.at(-2))])
      .map(([label, now]) => `${label} ${now === null ? 'unknown' : show(now)}`)
      .join(', ')
    holder.setAttribute('aria-label', `${title}: now ${said}`)
  }
})

/** Fills a list of terms: name, value, and a note below it. */
const showTerms = (id, terms) =>
  byId(id).replaceChildren(
    ...terms.map(([name, text, note]) => {
      const pair = document.createElement('div')
      const detail = element('dd', text)
      if (note !== undefined) detail.append(element('small', note))
      pair.append(element('dt', name), detail)
      return pair
    }),
  )

const showRows = (id, rows, numbers = []) =>
  byId(id).tBodies[0].replaceChildren(
    ...rows.map((cells) => {
      const row = document.createElement('tr')
      row.append(
        ...cells.map((text, index) => element('td', text, numbers.includes(index) ? 'number' : undefined)),
      )
      return row
    }),
  )

const isOver = (state) => state.ended !== null

const remainingOf = ({ remaining, now }) => {
  if (remaining === null) return ['unknown']
  const { earliestMs, latestMs } = remaining
  const [from, to] = [duration(earliestMs), duration(latestMs)]
  return [`${moment(now + (earliestMs + latestMs) / 2)}`, from === to ? `in ${from}` : `in ${from} to ${to}`]
}

const showFigures = (state, last) => {
  const { totals, startedAt, now } = state
  const bytesOf = totals?.bytes ? `of ${bytes(totals.bytes)} in all manifests` : undefined
  showTerms('figures', [
    ['Copied', whole.format(last.completed)],
    ['Skipped', whole.format(last.skipped)],
    [
      'Failed',
      whole.format(last.failed),
      last.missing > 0 ? `${whole.format(last.missing)} missing at the source` : undefined,
    ],
    ['Bytes copied', bytes(last.bytes), bytesOf],
    ['Rate', `${rate(last.objectsPerSecond)} objects/s`, `${bytes(last.bytesPerSecond)}/s`],
    ['In flight', whole.format(last.inFlight), `limit ${whole.format(last.limit)}`],
    ['Elapsed', duration(last.durationMs), startedAt === null ? undefined : `since ${moment(startedAt)}`],
    isOver(state) ? ['Ended', moment(now)] : ['Ends about', ...remainingOf(state)],
  ])
}

const capsOf = ({ limits }) => {
  const { minConcurrency, maxConcurrency, maxBytesPerSecond, maxRequestsPerSecond } = limits
  return [
    minConcurrency === undefined
      ? `${whole.format(maxConcurrency)} in flight`
      : `${whole.format(minConcurrency)} to ${whole.format(maxConcurrency)} in flight`,
    ...(maxBytesPerSecond == null ? [] : [`${bytes(maxBytesPerSecond)}/s`]),
    ...(maxRequestsPerSecond == null ? [] : [`${whole.format(maxRequestsPerSecond)} requests/s`]),
  ].join(', ')
}

const showControl = ({ decision, control }, last) =>
  showTerms('control', [
    [
      'Last change',
      decision === null ? 'none yet' : decision.reason,
      decision === null ? undefined : clock.format(decision.time),
    ],
    ['Limits', capsOf(control)],
    [
      'Schedule',
      control.schedule === null ? 'none' : (control.schedule.now ?? 'no entry applies now'),
      control.schedule?.timeZone,
    ],
    ['Throttled attempts', whole.format(last.throttled)],
  ])

const named = (key) => (key === '' ? '(no key)' : key)

const showFailures = ({ failures, lastFailures }) => {
  byId('no-failures').hidden = failures.length > 0
  byId('failures').hidden = failures.length === 0
  showRows(
    'codes',
    failures.map(({ code, count, keys }) => [code, whole.format(count), keys.map(named).join('\n')]),
    [1],
  )
  showRows(
    'last-failures',
    lastFailures.map(({ key, code, message }) => [named(key), code, message]),
  )
}

const settledRows = ({ outcomes: { copied, skipped, failed, missing, excluded } }) =>
  copied + skipped + failed + missing + excluded

/** Manifests of the whole job: those in progress first. */
const showJobManifests = ({ manifests, manifestsKnown, manifestsFinished }) => {
  const more = manifestsKnown > manifests.length ? `, ${whole.format(manifests.length)} of them shown` : ''
  byId('manifest-counts').textContent =
    `${whole.format(manifestsFinished)} of ${whole.format(manifestsKnown)} finished${more}`
  showRows(
    'manifests',
    manifests.map(({ key, stage, rows, counts, problem }) => [
      key,
      problem === undefined ? (stage === 'open' ? 'in progress' : stage) : `unreadable: ${problem.message}`,
      `${whole.format(settledRows({ outcomes: counts }))}${rows === null ? '' : ` of ${whole.format(rows)}`}`,
    ]),
    [2],
  )
}

const showManifests = ({ manifests, totals, job }, { manifests: { completed, skipped, failed } }) => {
  if (job !== null) return showJobManifests(job)
  const found = totals === null ? '' : ` of ${whole.format(totals.manifests)}`
  byId('manifest-counts').textContent =
    `${whole.format(completed + skipped + failed)}${found} done: ${whole.format(completed)} completed, ` +
    `${whole.format(skipped)} skipped, ${whole.format(failed)} failed`
  showRows(
    'manifests',
    manifests.map(({ key, status, rows }) => [key, status, rows === null ? '' : whole.format(rows)]),
    [2],
  )
}

const known = (value, show) => (value === null ? '–' : show(value))
/** One that died is listed until its record expires. */
const standing = ({ paused, ageMs, silent }) => {
  if (silent) return [`silent for ${duration(ageMs)}`, 'bad']
  return paused ? ['paused', 'warn'] : ['working', 'good']
}

const workerRow = (worker, own) => {
  const { id, host, pid, items, inFlight, limit, objectsPerSecond, bytesPerSecond, lastError } = worker
  const row = document.createElement('tr')
  const name = element('td', id)
  const process = pid === null ? '' : `process ${pid}`
  const place = [host, process, id === own ? 'serves this page' : ''].filter(Boolean).join(', ')
  if (place !== '') name.append(element('small', place))
  const [text, tone] = standing(worker)
  const state = element('td', text)
  state.dataset.tone = tone
  if (lastError !== null) state.append(element('small', `last error: ${lastError}`))
  const ofLimit = limit === null ? '' : ` of ${whole.format(limit)}`
  const figures = [
    ['Items', whole.format(items)],
    ['In flight', known(inFlight, (count) => `${whole.format(count)}${ofLimit}`)],
    ['Objects/s', known(objectsPerSecond, rate)],
    ['Bytes/s', known(bytesPerSecond, bytes)],
  ].map(([label, figure]) => {
    const cell = element('td', figure, 'number')
    cell.dataset.label = label
    return cell
  })
  row.append(name, state, ...figures)
  return row
}

/** The whole job, of which this process does a part: a row for each worker. */
const showJob = ({ job, worker }) => {
  byId('job').hidden = job === null
  for (const mark of document.querySelectorAll('.own')) mark.hidden = job === null
  if (job === null) return
  const { items, workers } = job
  byId('job-counts').textContent =
    `${whole.format(workers.length)} in the job; ${whole.format(items.done)} of ${whole.format(items.total)} ` +
    `items done, ${whole.format(items.held)} held`
  byId('workers').tBodies[0].replaceChildren(...workers.map((each) => workerRow(each, worker)))
}

/** The figures of the job in the place of those of this worker. */
const showJobFigures = ({ job, startedAt, now }, last) => {
  const { outcomes, objectsPerSecond, bytesPerSecond, eta, state } = job
  const failed = outcomes.failed + outcomes.missing
  const share = outcomes.copied === 0 ? 0 : Math.floor((100 * last.completed) / outcomes.copied)
  const end = eta === null ? null : new Date(eta).getTime()
  showTerms('figures', [
    ['Copied', whole.format(outcomes.copied), `${whole.format(last.completed)} by this worker (${share} %)`],
    ['Skipped', whole.format(outcomes.skipped)],
    [
      'Failed',
      whole.format(failed),
      outcomes.missing > 0 ? `${whole.format(outcomes.missing)} missing at the source` : undefined,
    ],
    ['Bytes copied', bytes(outcomes.bytes), `${bytes(last.bytes)} by this worker`],
    ['Rate', `${rate(objectsPerSecond)} objects/s`, `${bytes(bytesPerSecond)}/s`],
    [
      'In flight',
      whole.format(
        job.workers.reduce((sum, { inFlight, silent }) => sum + (silent ? 0 : (inFlight ?? 0)), 0),
      ),
      `${whole.format(last.inFlight)} by this worker, limit ${whole.format(last.limit)}`,
    ],
    ['This worker', duration(last.durationMs), startedAt === null ? undefined : `since ${moment(startedAt)}`],
    state === 'over'
      ? ['Ended', moment(now)]
      : ['Ends about', ...(end === null ? ['unknown'] : [moment(end), `in ${duration(end - now)}`])],
  ])
}

const ENDS = {
  finished: ['finished', 'good'],
  failures: ['finished with failures', 'bad'],
  signal: ['stopped', 'warn'],
}
const phaseOf = ({ ended, control }, { waitingUntil, paused }) => {
  if (ended !== null) return ENDS[ended] ?? [`stopped: ${ended}`, 'bad']
  if (paused)
    return [
      `paused${control.pausedBy.length > 0 ? ` by the ${control.pausedBy.join(' and the ')}` : ''}`,
      'warn',
    ]
  if (waitingUntil === null) return ['copying', 'good']
  return [`watching; next scan at ${moment(new Date(waitingUntil).getTime())}`, 'waiting']
}

/** Read aloud by screen readers, so only when it is news. */
const say = ([phase, tone]) => {
  byId('phase').dataset.tone = tone
  if (byId('phase').textContent !== phase) byId('phase').textContent = phase
}

const show = (state, samples) => {
  const last = samples.at(-1)
  if (last === undefined) return
  const { source, destination, run, job } = state
  const done = job === null ? state.done : settledRows(job)
  const rows = job === null ? (state.totals?.rows ?? last.rows) : job.rows
  const percent = rows ? `${Math.floor((100 * done) / rows)} %` : ''
  const which = job === null ? (run === null ? '' : `, run ${run}`) : `, job ${job.job}`
  byId('stores').textContent = `${source} → ${destination}${which}`
  byId('percent').textContent = percent || whole.format(done)
  byId('counts').textContent =
    `${whole.format(done)}${rows ? ` of ${whole.format(rows)}` : ''} objects have an outcome`
  if (rows) byId('done').value = done / rows
  document.title = `${percent ? `${percent} ` : ''}${job === null ? '' : `${job.job} `}Lagoon Sync`
  byId('updated').textContent =
    `Updated ${clock.format(state.now)} ${zoned.formatToParts(state.now).find(({ type }) => type === 'timeZoneName').value}.`
  say(phaseOf(state, last))
  if (job === null) showFigures(state, last)
  else showJobFigures(state, last)
  showControl(state, last)
  showJob(state)
  showFailures(state)
  showManifests(state, last)
  for (const update of draw) update(samples)
}

const follow = async () => {
  let over = false
  try {
    const { samples, ...opening } = await (await fetch('live.json', { cache: 'no-store' })).json()
    show(opening, samples)
    await new Promise((resolve) => {
      const events = new EventSource('live.events')
      events.addEventListener('message', ({ data }) => {
        const { sample, ...state } = JSON.parse(data)
        if (sample !== null) samples.push(sample)
        if (samples.length > MAX_SAMPLES) samples.shift()
        show(state, samples)
        over = isOver(state)
        if (!over) return
        events.close()
        resolve()
      })
      events.addEventListener('error', () => {
        events.close()
        resolve()
      })
    })
  } catch {
    // Said below: the server cannot be reached.
  }
  if (over) return
  say(['cannot be reached', 'bad'])
  setTimeout(follow, 5000)
}
void follow()
