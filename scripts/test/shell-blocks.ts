import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Commands that a page shows between fences. */
export interface ShellBlock {
  readonly file: string
  readonly line: number
  readonly script: string
  /** Why they can't be run here; the page says so right before them: `<!-- not run: why -->`. */
  readonly notRun: string | undefined
}

/** Pages of the repository that people read; of generated ones there is nothing to try. */
export function pagesOf(root: string): string[] {
  const tracked = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n')
  return tracked.filter((file) => !/^docs\/api\/|api-surface|CHANGELOG|^\.changeset\//.test(file))
}

/** Blocks of `sh`, `bash` and `console`; the prompts of the latter are taken off. */
export function shellBlocksOf(root: string, file: string): ShellBlock[] {
  const text = readFileSync(join(root, file), 'utf8')
  const fences = text.matchAll(/(?:<!-- not run: ([^\n]*?) -->\s*)?^```(?:sh|bash|console)\n([^]*?)^```/gm)
  return [...fences].map(({ 1: notRun, 2: script = '', index }) => ({
    file,
    line: text.slice(0, index).split('\n').length,
    script: script.replaceAll(/^\$ /gm, ''),
    notRun,
  }))
}

/** `lagoon …` in running text, split into words; text with placeholders is not a command. */
export function inlineCommandsOf(root: string, file: string): string[][] {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/^```[^]*?^```/gm, '')
  return [...text.matchAll(/`lagoon((?: [^`\n]+)?)`/g)]
    .map(([, rest = '']) => rest.trim())
    .filter((rest) => !/[…<>[\]$|()]|\b[A-Z]{3,}\b/.test(rest))
    .map((rest) =>
      (rest.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll(/^["']|["']$/g, '')),
    )
}
