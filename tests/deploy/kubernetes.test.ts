import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { grace } from '../../apps/commands/run-until-signal.ts'
import { readAppConfig } from '../../apps/config/config.ts'
import { serviceConfigOf } from '../../apps/config/service-config.ts'
import { serviceNames } from '../../apps/services/services.ts'
import { seconds } from '#platform/values'
import { environmentOf, renderExample, type ClusterObject } from './cluster.ts'

const { KUSTOMIZE: kustomize, KUBERNETES_VALIDATE: validate } = process.env
const skip = kustomize ? false : 'no Kustomize: KUSTOMIZE names the program'
const { file, objects } = kustomize ? renderExample(kustomize) : { file: '', objects: [] }

const ofKind = (kind: string) => objects.filter((object) => object.kind === kind)
const named = (kind: string, name: string): ClusterObject =>
  ofKind(kind).find(({ metadata }) => metadata.name === name) ?? assert.fail(`no ${kind} ${name}`)
const parts = [...serviceNames, 'gateway']

test(
  'Kubernetes accepts every object, of its versions 1.32 and later (PLT-19)',
  { skip: validate ? skip : 'no kubernetes-validate' },
  () => {
    for (const version of ['1.32', '1.37']) {
      const { status, stdout } = spawnSync(validate ?? '', ['--strict', '-k', version, file], { encoding: 'utf8' })
      assert.equal(status, 0, stdout)
      assert.equal(stdout.match(/passed/g)?.length, objects.length)
    }
  },
)

test(
  'each part has a Deployment, a Service, an autoscaler and a disruption budget of its own (PLT-19)',
  { skip },
  () => {
    for (const kind of ['Deployment', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget']) {
      const names = ofKind(kind).map(({ metadata }) => metadata.name)
      assert.deepEqual(names.toSorted(), parts.map((part) => `posad-${part}`).toSorted(), kind)
    }
    for (const part of parts) {
      const { labels } = named('Deployment', `posad-${part}`).spec.template.metadata
      assert.deepEqual(labels, { 'app.kubernetes.io/name': 'posad', 'app.kubernetes.io/component': part })
      assert.deepEqual(named('Service', `posad-${part}`).spec.selector, labels)
      const budget = named('PodDisruptionBudget', `posad-${part}`).spec
      assert.deepEqual(budget.selector, { matchLabels: labels })
      const scaler = named('HorizontalPodAutoscaler', `posad-${part}`).spec
      assert.equal(scaler.scaleTargetRef.name, `posad-${part}`)
      assert.ok(scaler.minReplicas > budget.maxUnavailable, 'a pod stays when a node is drained')
    }
  },
)

test('the program accepts every setting of a pod, and each has an effect (PLT-19, PLT-11)', { skip }, () => {
  for (const part of serviceNames) {
    const { containers, initContainers } = named('Deployment', `posad-${part}`).spec.template.spec
    assert.deepEqual(containers[0].args, ['start', part])
    assert.deepEqual(initContainers?.[0].args, ['migrate', 'up'])
    for (const container of [...containers, ...(initContainers ?? [])]) {
      const environment = environmentOf(container, objects)
      const config = readAppConfig({ NODE_ENV: 'production', POSAD_DATA: '/tmp', ...environment })
      assert.deepEqual(config.notices, [], part)
      serviceConfigOf(config, part, { isSingle: true })
      assert.equal(environment[`${part.toUpperCase()}_URL`], `http://posad-${part}:8000`)
    }
    assert.equal(environmentOf(initContainers?.[0] ?? assert.fail(), objects)['POSAD_SERVICE'], part)
  }
  assert.deepEqual(named('Deployment', 'posad-gateway').spec.template.spec.containers[0].args, ['gateway'])
})

test('a service has the address of its own database and of no other (PLT-19)', { skip }, () => {
  for (const part of parts) {
    const { containers } = named('Deployment', `posad-${part}`).spec.template.spec
    const databases = Object.keys(environmentOf(containers[0], objects)).filter((name) => name.startsWith('DATABASE'))
    assert.deepEqual(databases, part === 'gateway' ? [] : [`DATABASE_URL_${part.toUpperCase()}`])
  }
})

test('containers cannot change their program or gain rights, and end in order (PLT-19, PLT-20)', { skip }, () => {
  for (const { spec } of ofKind('Deployment')) {
    const pod = spec.template.spec
    assert.equal(pod.securityContext['runAsNonRoot'], true)
    assert.equal(pod.automountServiceAccountToken, false)
    assert.ok(pod.terminationGracePeriodSeconds > grace / seconds(1))
    for (const { securityContext } of [...pod.containers, ...(pod.initContainers ?? [])]) {
      const expected = {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      }
      assert.deepEqual(securityContext, expected)
    }
  }
})

test('a pod whose database is away is not restarted, and gets no requests (PLT-19, rule 13)', { skip }, () => {
  for (const { spec } of ofKind('Deployment')) {
    const { startupProbe, livenessProbe, readinessProbe } = spec.template.spec.containers[0]
    assert.deepEqual(
      [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet.path),
      ['/health', '/health', '/health/ready'],
    )
  }
})

test('only the gateway accepts requests from outside the shop (PLT-19)', { skip }, () => {
  const policies = ofKind('NetworkPolicy').map(({ spec }) => spec.podSelector.matchLabels)
  assert.deepEqual(policies, [
    { 'app.kubernetes.io/name': 'posad' },
    { 'app.kubernetes.io/name': 'posad', 'app.kubernetes.io/component': 'gateway' },
  ])
})
