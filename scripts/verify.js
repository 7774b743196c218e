// Everything that CI checks, in the order that fails soonest. Stops at the first failure.
import { spawnSync } from 'node:child_process'

const steps = [
  ['format', 'prettier --check --log-level warn .'],
  ['lint', 'oxlint --deny-warnings'],
  ['build', 'turbo run build --output-logs=errors-only'],
  ['types', 'turbo run types --output-logs=errors-only && tsc -p scripts/tsconfig.json'],
  ['packages', 'node scripts/check-packages.js'],
  ['test', 'vitest run --reporter=default --reporter=json --outputFile.json=artefacts/vitest.json'],
]

for (const [name, command] of steps) {
  const startedAt = Date.now()
  process.stdout.write(`\n── ${name}: ${command}\n`)
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' })
  if (status !== 0) {
    process.stderr.write(`\n${name} failed: run \`${command}\` to repeat it.\n`)
    process.exit(status ?? 1)
  }
  process.stdout.write(`── ${name}: ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`)
}
