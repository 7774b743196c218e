import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Words that a native reader stumbles over, and what to write instead. Each pattern matches nothing else. */
const goneWords: readonly { gone: RegExp; instead: string }[] = [
  { gone: /\bmend(s|ed|ing)?\b/i, instead: 'fix, correct, renew' },
  { gone: /\bholds? on to\b/i, instead: 'rely on, keep, enforce' },
  { gone: /\bgo(es|ne|ing)? on with\b|\bgone on\b|\blets? it go on\b/i, instead: 'continue, resume' },
  { gone: /\b(runs?|copying|watch|worker|job|store|rest|others?) goes on\b/i, instead: 'continues' },
  { gone: /\bgives? (them|it) up\b/i, instead: 'abort, drop' },
  { gone: /\bso that nobody\b/i, instead: 'so that no ...' },
  { gone: /\b(is|are|can|could|cannot) (to )?be had\b/i, instead: 'is available, can be obtained' },
  { gone: /\bturned over\b/i, instead: 'rotated' },
  { gone: /\b(fell|falls) silent\b/i, instead: 'stalled' },
  { gone: /\bno answer began\b/i, instead: 'timed out waiting for the response' },
  { gone: /\bnobody can listen\b/i, instead: 'the port is in use or not permitted' },
  { gone: /\bwhich never was\b/i, instead: 'unknown' },
  { gone: /\bhas no form in UTF-8\b/i, instead: 'is not valid Unicode' },
  { gone: /\b(whether )?it is all there\b/i, instead: 'every object is at the destination' },
  { gone: /\bin comes\b|\bcomes? nothing\b/i, instead: 'no inbound connections' },
  { gone: /\bdirectory that remembers\b/i, instead: 'state directory' },
  { gone: /\bfor good\b/i, instead: 'permanently' },
  { gone: /\bcut short\b/i, instead: 'truncated' },
  { gone: /\btaken apart\b/i, instead: 'parsed' },
  { gone: /\b(bytes|requests|keys) a second\b/i, instead: 'per second' },
  { gone: /\bthreads that copy\b/i, instead: 'copy threads' },
  { gone: /\bto be told what\b|\bneeds to be told\b/i, instead: 'needs ...' },
  { gone: /\bleave --\S+ (out|away)\b/i, instead: 'omit' },
  { gone: /\bdefect of ours\b/i, instead: 'a bug in Lagoon Sync, an internal error' },
  { gone: /\b(is|are) no (digests?|MD5s?|UTF-8|JSON|XML)\b/i, instead: 'is not a ..., are not ...' },
  { gone: /\bexclude each other\b/i, instead: 'cannot be combined' },
  { gone: /\bnothing was touched\b|\btouch(es)? nothing\b/i, instead: 'nothing was changed' },
  { gone: /\bname another (one|file|port|directory|bucket)\b/i, instead: 'use another, choose another' },
  {
    gone: /\b(that|which|it|key|date|name|reference|number) (is|are) none\b/i,
    instead: 'is invalid, is not a ...',
  },
  { gone: /\b(given|gives?|gave) away\b|\bhanded out\b/i, instead: 'split off, distributed' },
  { gone: /\bfor ever\b|\bas ever\b/i, instead: 'forever, endless, without limit' },
  { gone: /\bhears? of\b/i, instead: 'receives, is notified of' },
  {
    gone: /\bso many (at a time|bytes|requests|keys|objects|rows|attempts|seconds|times)\b/i,
    instead: 'this many',
  },
  { gone: /\b(after|for) so long\b/i, instead: 'for this long' },
  {
    gone: /\b(is|are|was|were) told (to|by|of|again|about|once|no|which|so)\b/i,
    instead: 'gets, receives, is reported',
  },
  {
    gone: /\b(begin|begins|begun|begins|made|read|lists?|planned|asked|learns?|drawn|plans?) anew\b/i,
    instead: 'again, start over',
  },
  { gone: /\b(has|had|have|is|are|was) in hand\b/i, instead: 'holds, is held' },
  { gone: /\bunder way\b/i, instead: 'in progress' },
  { gone: /\b(objects|rows|attempts|MB|GB) a second\b/i, instead: 'per second' },
  { gone: /\bvouch(es)?\b/i, instead: 'prove, cover' },
  { gone: /\b(stands?|stood) still\b/i, instead: 'stops, is suspended' },
  { gone: /\b(read|keys|made|parsed) out of\b/i, instead: 'from' },
  { gone: /\btaken for\b/i, instead: 'mistaken for, counts as' },
  { gone: /\b(goes|comes|go) along with\b/i, instead: 'is sent with, is copied with' },
  { gone: /\bpass(ed|es) over\b/i, instead: 'skipped, ignored' },
  { gone: /\bwhoever\b/i, instead: 'name the actor' },
  { gone: /\b(asked|looked) anything\b|\bsomebody else\b/i, instead: 'another worker, another writer' },
  { gone: /\b(lies|stands) in (the|a|its|one|code)\b/i, instead: 'is in' },
]

const generated =
  /(^|\/)(api-surface\.md|fault-matrix\.md|CHANGELOG\.md|pnpm-lock\.yaml)$|\.schema\.json$|^scripts\/test\/voice\.test\.ts$/
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => /\.(md|ts|js|html|css|ya?ml|service|sbatch)$|Dockerfile$|\.env\.example$/.test(path))
  .filter((path) => !generated.test(path))

const texts = files.flatMap((path) => {
  try {
    return [{ path, lines: readFileSync(root + path, 'utf8').split('\n') }]
  } catch {
    return [] // Deleted, and not committed yet.
  }
})

describe('words to avoid', () => {
  test.each(goneWords)('$gone is written as: $instead', ({ gone }) => {
    const places = texts.flatMap(({ path, lines }) =>
      lines.flatMap((line, index) => (gone.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
    )
    expect(places).toEqual([])
  })
})

test('no line of prose is longer than 140 characters', () => {
  const long = texts.flatMap(({ path, lines }) => (path.endsWith('.md') ? longProse(path, lines) : []))
  expect(long).toEqual([])
})

test('no cell of a table has more than twenty words', () => {
  const long = texts.flatMap(({ path, lines }) => (path.endsWith('.md') ? longCells(path, lines) : []))
  expect(long).toEqual([])
})

/** Cells over the limit, where code and addresses of links do not count as words. */
function longCells(path: string, lines: string[]): string[] {
  return lines.flatMap((line, index) => {
    if (!line.trimStart().startsWith('|')) return []
    const text = line.replaceAll(/`[^`]*`/g, 'code').replaceAll(/\]\([^)]*\)/g, ']')
    const words = text.split('|').map((cell) => cell.trim().split(/\s+/).length)
    return Math.max(...words) > 20 ? [`${path}:${index + 1}: ${Math.max(...words)} words`] : []
  })
}

/** Lines of prose over the limit: neither code, nor tables, nor lines that a link makes long. */
function longProse(path: string, lines: string[]): string[] {
  let inFence = false
  return lines.flatMap((line, index) => {
    const text = line.trimStart()
    if (text.startsWith('```')) inFence = !inFence
    const isProse = !inFence && !/^[|<!]/.test(text) && !text.includes('](')
    return isProse && [...line].length > 140 ? [`${path}:${index + 1}`] : []
  })
}
