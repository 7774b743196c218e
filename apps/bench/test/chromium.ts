import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'

const ensure = fileURLToPath(new URL('../scripts/ensure-chromium.sh', import.meta.url))
const executablePath = spawnSync(ensure, {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
}).stdout.trim()

/** Contributors without a Chromium need not install one; a machine that requires real servers must run this check, too. */
export const excused = executablePath === '' && process.env['LAGOON_REQUIRE_MINIO'] !== '1'

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** Opens a report and records errors and requests. */
export async function openReport(
  browser: Browser,
  address: string,
  width: number,
  colorScheme: 'light' | 'dark',
): Promise<{ tab: Page; errors: string[]; requests: string[] }> {
  const tab = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
  const errors: string[] = []
  const requests: string[] = []
  tab.on('pageerror', (error) => errors.push(error.message))
  tab.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  tab.on('request', (request) => requests.push(request.url()))
  await tab.goto(address)
  return { tab, errors, requests }
}

/** For every plot, whether its canvas has more than one colour. */
export function drawnPlots(tab: Page): Promise<boolean[]> {
  return tab.locator('.plot canvas').evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement
      const pixels = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height).data
      return new Set(new Uint32Array(pixels.buffer)).size > 1
    }),
  )
}
