import type { TestProject } from 'vitest/node'
import { provideStores } from './provide-stores.js'
import './provided-context.js'

/** Global setup of the project `store`: starts two servers before its first test file, and stops them after its last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stores = await provideStores(process.env)
  project.provide('lagoon', stores.pair)
  return () => stores.stop()
}
