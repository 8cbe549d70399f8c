export { Page, PageQuery } from './page.ts'
export {
  Amount,
  Closed,
  Country,
  Currency,
  Id,
  IdParams,
  KnownCurrency,
  LocalizedText,
  MultilineText,
  named,
  Nullable,
  OneOf,
  Text,
  textPatterns,
  Time,
  type Shape,
} from './schema.ts'
