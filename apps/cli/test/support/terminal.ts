import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/lagoon.js', import.meta.url))

export interface TerminalOptions {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly columns?: number
  readonly rows?: number
  /** Lines that are kept above the screen. Default 1,000. */
  readonly scrollback?: number
}

/** The program in a pseudo-terminal, and the screen as a person sees it. */
export interface Terminal {
  /** Lines on the screen and above it, trailing blanks cut. */
  screen(): string[]
  /** Everything that was sent to the terminal. */
  raw(): string
  /** Resolves when the screen holds the text. */
  shows(text: string | RegExp): Promise<void>
  type(keys: string): void
  resize(columns: number, rows: number): void
  /** Window titles that were set; no key must be able to. */
  readonly titles: readonly string[]
  readonly exited: Promise<number>
}

export function startInTerminal(options: TerminalOptions): Terminal {
  const { args, env, cwd, columns = 100, rows = 30, scrollback = 1000 } = options
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback })
  const child = spawn(process.execPath, [program, ...args], {
    cols: columns,
    rows,
    cwd,
    name: 'xterm-256color',
    env: { PATH: process.env.PATH ?? '', ...env },
  })
  const titles: string[] = []
  terminal.onTitleChange((title) => titles.push(title))
  let raw = ''
  const screen = () => {
    const { active } = terminal.buffer
    const lines = Array.from({ length: active.length }, (_, row) =>
      active.getLine(row)!.translateToString(true),
    )
    while (lines.at(-1) === '') lines.pop()
    return lines
  }
  const watchers = new Set<() => void>()
  child.onData((data) => {
    raw += data
    terminal.write(data, () => {
      for (const watch of watchers) watch()
    })
  })
  return {
    screen,
    raw: () => raw,
    shows: (text) =>
      new Promise((resolve) => {
        const watch = () => {
          const found = screen().some((line) =>
            typeof text === 'string' ? line.includes(text) : text.test(line),
          )
          if (!found) return
          watchers.delete(watch)
          resolve()
        }
        watchers.add(watch)
        watch()
      }),
    type: (keys) => child.write(keys),
    resize(newColumns, newRows) {
      terminal.resize(newColumns, newRows)
      child.resize(newColumns, newRows)
    },
    titles,
    exited: new Promise((resolve) => {
      child.onExit(({ exitCode }) => terminal.write('', () => resolve(exitCode)))
    }),
  }
}
