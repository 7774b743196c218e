import type { CopyWarning } from '../contract/copier.js'
import type { AttemptFailure, AttemptRunner } from '../contract/attempt.js'
import { malformedAnswer } from '../failures/make-failure.js'
import { controlRequest } from '../s3/control-request.js'
import type { Endpoint } from '../s3/endpoint.js'
import type { SourceObject } from '../protocol/object-headers.js'
import type { ObjectLocation } from '../s3/object-request.js'
import { fetchTagging, sortedTags, taggingDocument } from '../s3/source-tags.js'

/**
 * The tags of one object: requested if there may be any, written with the object, and checked if a store may lose
 * them.
 */
export class ObjectTags {
  /** As the value of `x-amz-tagging`; '' for none. */
  value = ''
  warning: CopyWarning | null = null
  readonly #wanted: boolean

  constructor(wanted: boolean) {
    this.#wanted = wanted
  }

  /** True if the source has to be asked. A store that has ever counted tags always does: no count means no tags. */
  isToBeAsked({ capabilities }: Endpoint, { tagCount }: SourceObject): boolean {
    if (!this.#wanted) return false
    if (tagCount !== undefined) {
      capabilities.observe({ countsTags: true })
      return tagCount > 0
    }
    if (!capabilities.showsTags) this.warning = notRead()
    return capabilities.showsTags && capabilities.countsTags !== true
  }

  /** Null when the tags are known, or cannot be read and may not exist. */
  async fetch(
    location: ObjectLocation,
    { tagCount }: SourceObject,
    signal: AbortSignal | undefined,
  ): Promise<AttemptFailure | null> {
    const { capabilities } = location.endpoint
    const tags = await fetchTagging(location, signal)
    if (tags.ok) {
      const count = tags.value === '' ? 0 : tags.value.split('&').length
      if (tagCount !== undefined && count < tagCount) {
        const what = `GET the tags of ${JSON.stringify(location.name)}`
        return malformedAnswer(location.endpoint, `${what}: answered with ${count} of ${tagCount}`)
      }
      this.value = tags.value
      // AWS counts tags for clients that may read them.
      if (tagCount === undefined && capabilities.isAws) capabilities.observe({ countsTags: true })
      return null
    }
    if (tagCount !== undefined || !isRefusal(tags.failure)) return tags.failure
    capabilities.observe({ showsTags: false })
    this.warning = notRead()
    return null
  }

  /** Attributes a refused write to its tags, if it has any: the store's message does not name them. */
  asRefused(failure: AttemptFailure): AttemptFailure {
    const { status, message: said } = failure
    const isOfTags = status === 501 || (status === 400 && /x-amz-tagging/i.test(said))
    if (this.value === '' || !isOfTags) return failure
    const message = `${said}; the destination may not support tags: copy without them`
    return { ...failure, code: 'TagsRefused', message }
  }

  /**
   * Checks whether the destination has the tags, until it has shown that it keeps them; writes them separately if it
   * has not.
   */
  async confirm(destination: Endpoint, path: string, name: string, runner: AttemptRunner): Promise<void> {
    const { capabilities } = destination
    if (this.value === '' || capabilities.keepsTags === true) return
    const location = { endpoint: destination, path, query: '', name }
    const isThere = async (): Promise<boolean> => {
      const found = await runner.run((signal) => fetchTagging(location, signal))
      return found.ok && sortedTags(found.value) === sortedTags(this.value)
    }
    if (await isThere()) {
      capabilities.observe({ keepsTags: true })
      return
    }
    const body = taggingDocument(this.value)
    const headers = ['content-type', 'application/xml']
    const request = { method: 'PUT' as const, path, query: 'tagging=', headers, body }
    const what = `PUT the tags of ${JSON.stringify(name)}`
    const put = await runner.run((signal) =>
      controlRequest(destination, { ...request, headers: [...headers] }, what, signal),
    )
    if (put.ok && (await isThere())) return
    const message = `the destination does not keep tags: ${JSON.stringify(name)} was copied without them`
    this.warning = { code: 'TagsNotKept', message }
  }
}

function notRead(): CopyWarning {
  const message = 'the source does not show whether objects have tags: they are copied without tags'
  return { code: 'TagsNotRead', message }
}

function isRefusal({ status, class: kind }: AttemptFailure): boolean {
  return status === 501 || (status !== undefined && status < 500 && kind === 'permanent')
}
