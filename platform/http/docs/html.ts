import { html, sourceOf, trusted, type Html } from '#platform/html'
import { logo } from './logo.ts'

const head = (title: string): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <title>${title}</title>
      </head>
    </html>`

/** Swagger UI, which tries the routes of the API. */
export const swaggerPage = (title: string): string =>
  sourceOf(
    html`${head(title)}
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<style>body{margin:0}header{background:#1e2622;padding:.75rem 1.25rem}header svg{display:block}
.swagger-ui .wrapper{box-sizing:border-box}.swagger-ui .opblock .opblock-summary-path{word-break:break-word}</style>
</head>
<body>
<header><a href="/">${trusted(logo)}</a></header>
<div id="swagger-ui"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`,
  )

/**
 * The script of its page: the policy allows none inside the page. Swagger UI shows a closed lock where no token is needed,
 * so the plugin hides the lock of routes for guests until a person enters a token.
 */
export const swaggerStart = `const guestRoutesHaveNoLock = () => ({
  wrapComponents: {
    authorizeOperationBtn: (Button, { React, authSelectors }) => (props) =>
      props.isAuthorized && authSelectors.authorized().size === 0 ? null : React.createElement(Button, props),
  },
})

SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: true,
  validatorUrl: null,
  plugins: [guestRoutesHaveNoLock],
})
`

/** ReDoc, which shows the API for reading. */
export const redocPage = (title: string): string =>
  sourceOf(
    html`${head(title)}
</head>
<body style="margin: 0">
<redoc spec-url="/api/openapi.json"></redoc>
<script src="/api/redoc/redoc.standalone.js"></script>
</body>
</html>
`,
  )
