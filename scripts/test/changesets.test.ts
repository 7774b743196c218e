import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const changesets = readdirSync(`${root}.changeset`).filter(
  (file) => file.endsWith('.md') && file !== 'README.md',
)

/** Packages without a version, such as examples, have no releases. */
const versioned = new Set(
  ['packages', 'apps'].flatMap((group) =>
    readdirSync(root + group).map((name) => {
      const text = readFileSync(`${root}${group}/${name}/package.json`, 'utf8')
      return (JSON.parse(text) as { name: string }).name
    }),
  ),
)

test('every changeset raises versions of existing packages and describes the change', () => {
  const wrong = changesets.filter((file) => {
    const text = readFileSync(`${root}.changeset/${file}`, 'utf8')
    const [, front = '', words = ''] = /^---\n([^]*?)\n?---\n([^]*)$/.exec(text) ?? []
    const raised = [...front.matchAll(/^['"](.+)['"]: (?:patch|minor|major)$/gm)].map((match) => match[1]!)
    const lines = front.split('\n').filter((line) => line !== '')
    const known = raised.length === lines.length && raised.every((name) => versioned.has(name))
    return raised.length === 0 || !known || words.trim() === ''
  })
  expect(wrong).toEqual([])
})
