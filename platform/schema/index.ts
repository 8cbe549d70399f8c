export { Page, PageQuery } from './page.ts'
export {
  Amount,
  Closed,
  Currency,
  Id,
  IdParams,
  LocalizedText,
  named,
  Nullable,
  OneOf,
  Text,
  Time,
  type Shape,
} from './schema.ts'
