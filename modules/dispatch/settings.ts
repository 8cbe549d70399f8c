import {
  duration,
  flag,
  integer,
  oneOf,
  optional,
  settings,
  text,
  webUrl,
  withDefault,
  type Kind,
} from '#platform/config'
import { contracts } from './contract.ts'
import { parsePoint, type Point } from './fleet/point.ts'
import { metricNames } from './fleet/board-schema.ts'
import { proofRules } from './fleet/schema.ts'
import { messagesOf, messageVariables } from './messages/variables.ts'

const point: Kind<Point> = { expects: 'latitude and longitude such as 55.1028,38.7531', parse: parsePoint }

/** The settings of dispatch. Times are milliseconds. */
export const dispatchSettings = settings({
  title: 'Dispatch',
  variables: {
    DISPATCH_CONTRACT: withDefault(
      oneOf(...contracts),
      'b',
      'The generation of the Delivery contracts: a, b, b2, c or d; with d the couriers of the grid report their moves.',
    ),
    ...messageVariables,
    DISPATCH_STEP: withDefault(duration, '1s', 'The time of one step of the couriers on the grid, such as 1s.'),
    DISPATCH_OFFER_TIME: withDefault(
      duration,
      '60s',
      'A parcel that a courier neither accepts nor declines within this time is offered to another courier.',
    ),
    DISPATCH_PROMISE: withDefault(
      duration,
      '90m',
      'The time from a shipment to the promised delivery of its parcel; staff may promise another window.',
    ),
    DISPATCH_DEPOT: optional(
      point,
      'Where couriers pick up parcels: latitude and longitude such as 55.1028,38.7531; distances are estimated when absent.',
    ),
    DISPATCH_METRIC: withDefault(
      oneOf(...metricNames),
      'haversine',
      'How distances are computed: haversine is the straight line times 1.3; grid is the way north or south plus the way east or west.',
    ),
    DISPATCH_ROAD_URL: optional(
      webUrl,
      'The table service of an OSRM server with its profile, such as http://127.0.0.1:5000/table/v1/bike: it measures ways on roads, and DISPATCH_METRIC measures them while it does not answer.',
    ),
    DISPATCH_PROOF: withDefault(
      oneOf(...proofRules),
      'pin',
      'The proof of a delivery: pin is the PIN that the customer gives the courier; pin-or-photo and pin-or-signature take a photograph or a signature on the screen instead when there is no cash to collect.',
    ),
    DISPATCH_POSITION_RETENTION: withDefault(
      duration,
      '7d',
      'Positions of couriers are deleted after this time; none is stored while they are off duty.',
    ),
    DISPATCH_PHOTO_RETENTION: withDefault(duration, '90d', 'Photographs of deliveries are deleted after this time.'),
    GEO_SERVICE_GRPC_HOST: optional(
      text(3, 255),
      'The geo service of the Delivery system, such as localhost:5004; a hash of the address when absent.',
    ),
    DISPATCH_COURSE_API: withDefault(
      flag,
      'false',
      'Serve the paths of the Delivery course, which need no sign-in, on a port of their own.',
    ),
    DISPATCH_COURSE_HOST: withDefault(text(1, 255), '127.0.0.1', 'The address of the course API.'),
    DISPATCH_COURSE_PORT: withDefault(integer(0, 65_535), '8082', 'The port of the course API; 0 takes any free one.'),
  },
  read: (values) => ({
    messages: messagesOf(values, values.DISPATCH_CONTRACT),
    period: { unit: values.DISPATCH_PERIOD_UNIT, zone: values.DISPATCH_TIME_ZONE },
    contract: values.DISPATCH_CONTRACT,
    step: values.DISPATCH_STEP,
    fleet: {
      offerTime: values.DISPATCH_OFFER_TIME,
      promise: values.DISPATCH_PROMISE,
      depot: values.DISPATCH_DEPOT ?? null,
      metric: values.DISPATCH_METRIC,
      proof: values.DISPATCH_PROOF,
      positionRetention: values.DISPATCH_POSITION_RETENTION,
      photoRetention: values.DISPATCH_PHOTO_RETENTION,
    },
    geoHost: values.GEO_SERVICE_GRPC_HOST,
    roadUrl: values.DISPATCH_ROAD_URL,
    courseApi: values.DISPATCH_COURSE_API
      ? { host: values.DISPATCH_COURSE_HOST, port: values.DISPATCH_COURSE_PORT }
      : undefined,
  }),
})
