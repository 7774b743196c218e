/**
 * The part of a key below the prefix that hides it, such as `_delta_log/` or `.part-0.crc`; `null` if nothing does. Spark, Hive and
 * Trino treat names that begin with `_` or `.` as internal, except partitions like `_day=1/`
 * (https://spark.apache.org/docs/latest/sql-data-sources-generic-options.html). The prefix itself hides nothing.
 */
export function hiddenPart(prefix: string, key: string): string | null {
  for (let start = 0; start < key.length;) {
    const slash = key.indexOf('/', start)
    const end = slash < 0 ? key.length : slash + 1
    const first = key[start]
    const isOwn = first === '.' || (first === '_' && !key.slice(start, end).includes('='))
    if (isOwn && start >= prefix.length) return key.slice(start, end)
    start = end
  }
  return null
}
