declare module '@adobe/structured-data-validator' {
  /** The documents of a page by type, and by the way in which they are written. */
  type Extracted = Readonly<{ jsonld: object; microdata: object; rdfa: object; errors: readonly object[] }>
  type Issue = Readonly<{ issueMessage: string }>

  /** Checks structured documents against the rules that Google publishes for its results. */
  export default class Validator {
    validate(extracted: Extracted): Promise<readonly Issue[]>
  }
}
