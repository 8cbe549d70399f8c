/** Records of one part: a few thousand of them in one text would stop the process for a moment. */
const maxRecords = 50

type Records = Readonly<Record<string, readonly object[]>>

/** The JSON of `{ ...head, records }` in parts, so that other requests are answered between them. */
export function* partsOf(head: object, records: Records): Generator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"records":{`
  for (const [i, [name, list]] of Object.entries(records).entries()) {
    yield `${i === 0 ? '' : ','}${JSON.stringify(name)}:[`
    for (let from = 0; from < list.length; from += maxRecords) {
      const texts = list.slice(from, from + maxRecords).map((record) => JSON.stringify(record))
      yield `${from === 0 ? '' : ','}${texts.join(',')}`
    }
    yield ']'
  }
  yield '}}'
}
