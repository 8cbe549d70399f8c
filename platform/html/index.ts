export { html, sourceOf, trusted, type Html } from './html.ts'
