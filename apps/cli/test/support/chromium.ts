import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { onTestFinished } from 'vitest'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Chromium of this machine: LAGOON_TEST_CHROMIUM, or the first of its names on the PATH. */
export function findChromium(): string | undefined {
  const directories = (process.env.PATH ?? '').split(delimiter)
  const found = names.flatMap((name) => directories.map((directory) => join(directory, name)))
  return process.env.LAGOON_TEST_CHROMIUM ?? found.find((path) => existsSync(path))
}

/** A browser that is closed when the test is over. */
export async function startChromium(executablePath: string): Promise<Browser> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  onTestFinished(() => browser.close())
  return browser
}
