/** Key of a footer's metadata under which the manifest writer notes the bytes of all objects, in decimal. */
export const TOTAL_BYTES_METADATA = 'lagoon.total_bytes'
