// A clinic's program in Node: the npm package fhir-kit-client signs in to a hub with jose and does what such programs
// do. Reads {fhir, client, key, reader, readerKey, nik, can} from standard input and prints what happened, step by
// step, as one JSON object; tests/clients/test_kit.py judges it.

import { readFileSync } from 'node:fs';
import { webcrypto } from 'node:crypto';
import { CapabilityTool, Client } from '../node/node_modules/fhir-kit-client/dist/index.js';
import { importJWK, SignJWT } from '../node/node_modules/jose/dist/webapi/index.js';

globalThis.crypto ??= webcrypto; // Node 18

const given = JSON.parse(readFileSync(0, 'utf8'));
const NIK = 'https://fhir.kemkes.go.id/id/nik';
const OWN = 'https://klinik.example/rm-node';
const KG = { value: 61.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' };

const patient = (number, more = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: OWN, value: number }],
  name: [{ text: 'Rahma Rekaan', family: 'Rekaan', given: ['Rahma'] }],
  gender: 'female',
  birthDate: '1988-07-06',
  ...more,
});
const weight = (reference, day = '2025-03-04') => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }], text: 'Berat badan' },
  subject: { reference },
  effectiveDateTime: day,
  valueQuantity: KG,
});
const post = (resource, more = {}) => ({ resource, request: { method: 'POST', url: resource.resourceType, ...more } });
const bundle = (type, entry) => ({ resourceType: 'Bundle', type, entry });

async function signIn(client, name, key, algorithm) {
  const { tokenUrl } = await client.smartAuthMetadata();
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: algorithm, kid: key.kid, typ: 'JWT' })
    .setIssuer(name)
    .setSubject(name)
    .setAudience(tokenUrl.href)
    .setIssuedAt()
    .setExpirationTime('4m')
    .setJti(webcrypto.randomUUID())
    .sign(await importJWK(key, algorithm));
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  });
  const said = await answer.json();
  client.bearerToken = said.access_token;
  return { tokenUrl: tokenUrl.href, status: answer.status, type: said.token_type, scope: said.scope };
}

/** What a call answered: status, headers and body; a refusal with what its OperationOutcome says. */
async function tell(call) {
  try {
    const body = await call;
    const { response } = Client.httpFor(body);
    const headers = Object.fromEntries(response.headers);
    return { status: response.status, headers, body };
  } catch (error) {
    if (!error.response) throw error;
    const { status, data } = error.response;
    const issues = data.issue.map(({ details, diagnostics, expression }) => ({
      code: details.coding[0].code,
      text: details.text,
      fix: diagnostics,
      expression,
    }));
    return { status, type: data.resourceType, issues };
  }
}

const ids = (found) => (found.entry ?? []).map(({ resource }) => resource.id);

async function main() {
  const client = new Client({ baseUrl: given.fhir });
  const reader = new Client({ baseUrl: `${given.fhir}/` });
  const out = {};

  const statement = await client.capabilityStatement();
  const tool = new CapabilityTool(statement);
  out.capability = {
    version: statement.fhirVersion,
    can: given.can.filter((interaction) => tool.resourceCan('Patient', interaction)),
    byIdentifier: tool.resourceSearch('Patient', 'identifier'),
    server: ['transaction', 'batch'].every((interaction) => tool.serverCan(interaction)),
  };
  out.anonymous = await tell(client.search({ resourceType: 'Patient' }));
  out.signIn = await signIn(client, given.client, given.key, 'RS384');
  out.readerSignIn = await signIn(reader, given.reader, given.readerKey, 'ES384');

  out.created = await tell(client.create({ resourceType: 'Patient', body: patient('1') }));
  const { id } = out.created.body;
  const one = { resourceType: 'Patient', id };
  out.read = await tell(client.read(one));
  out.notModified = await fetch(`${given.fhir}/Patient/${id}`, {
    headers: { ...client.httpClient.mergeHeaders({}), 'If-None-Match': out.read.headers.etag },
  }).then((answer) => answer.status);
  out.updated = await tell(
    client.update({
      ...one,
      body: { ...out.read.body, gender: 'other' },
      options: { headers: { 'If-Match': out.read.headers.etag } },
    }),
  );
  out.stale = await tell(
    client.update({
      ...one,
      body: { ...out.read.body, gender: 'unknown' },
      options: { headers: { 'If-Match': out.read.headers.etag } },
    }),
  );
  out.vread = await tell(client.vread({ ...one, version: '1' }));
  out.history = await tell(client.history(one));
  out.resolved = [`Patient/${id}`, `${given.fhir}/Patient/${id}`];
  out.resolved = await Promise.all(out.resolved.map((reference) => client.resolve({ reference }).then((r) => r.id)));

  const condition = (text) => ({ headers: { 'If-None-Exist': text } });
  const again = { resourceType: 'Patient', body: patient('1', { gender: 'male' }) };
  out.existing = await tell(client.create({ ...again, options: condition(`identifier=${OWN}|1`) }));
  const encoded = new URLSearchParams({ identifier: `${OWN}|2` }).toString();
  const second = { resourceType: 'Patient', body: patient('2'), options: condition(encoded) };
  out.conditional = [await tell(client.create(second)), await tell(client.create(second))];

  const known = patient('3', { identifier: [{ system: NIK, value: given.nik }] });
  await client.create({ resourceType: 'Patient', body: known });
  const byNik = { resourceType: 'Patient', searchParams: { identifier: `${NIK}|${given.nik}` } };
  out.nikByForm = await tell(client.search({ ...byNik, options: { postSearch: true } }));
  out.nikInAddress = await tell(client.search(byNik));

  const reference = `Patient/${id}`;
  await client.transaction({ body: bundle('transaction', Array.from({ length: 23 }, () => post(weight(reference)))) });
  const searchParams = { patient: id, code: 'http://loinc.org|29463-7', _count: 5 };
  const mine = { resourceType: 'Observation', searchParams };
  const before = ids(await client.search({ ...mine, searchParams: { ...searchParams, _count: 200 } }));
  const pages = [];
  for (let page = await client.search(mine); page; page = await client.nextPage({ bundle: page })) {
    pages.push({ total: page.total, ids: ids(page) });
    await client.create({ resourceType: 'Observation', body: weight(reference) });
  }
  out.paging = { before, pages };
  out.after = (await client.search(mine)).total;

  const many = (count, first) => Array.from({ length: count }, (_, number) => post(patient(`${first + number}`)));
  out.thousand = await tell(client.transaction({ body: bundle('transaction', many(1000, 1000)) }));
  out.thousand.body.entry = out.thousand.body.entry.map(({ response }) => response.status);
  out.tooMany = await tell(client.transaction({ body: bundle('transaction', many(2001, 5000)) }));
  const half = [post(patient('8000')), post(patient('8001', { gender: 'x' }))];
  out.oneWrong = await tell(client.transaction({ body: bundle('transaction', half) }));
  out.stored = await tell(client.search({ resourceType: 'Patient', searchParams: { _summary: 'count' } }));
  out.batch = await tell(
    client.batch({
      body: bundle('batch', [
        post(patient('9000')),
        post(patient('9001', { birthDate: 'kemarin' })),
        { request: { method: 'GET', url: reference } },
      ]),
    }),
  );

  out.valid = await tell(client.operation({ name: 'validate', resourceType: 'Patient', input: patient('4') }));
  const wrong = patient('4', { gender: 'perempuan' });
  out.invalid = await tell(client.operation({ name: '$validate', input: wrong }));

  const unknown = { resourceType: 'Patient', searchParams: { favourite: 'x' } };
  out.refusals = {
    unknownParameter: await tell(client.search(unknown)),
    inEnglish: await tell(client.search({ ...unknown, options: { headers: { 'Accept-Language': 'en' } } })),
    notValid: await tell(client.create({ resourceType: 'Patient', body: wrong })),
    unknownType: await tell(client.read({ resourceType: 'Pasien', id })),
    notThere: await tell(client.read({ resourceType: 'Patient', id: '0'.repeat(32) })),
    readOnly: await tell(reader.create({ resourceType: 'Patient', body: patient('5') })),
    patch: await tell(client.patch({ ...one, jsonPatch: [{ op: 'test', path: '/gender', value: 'x' }] })),
    remove: await tell(reader.delete(one)),
    systemSearch: await tell(client.search({ searchParams: { _id: id } })),
    systemForm: await tell(client.systemSearch({ searchParams: { _id: id }, options: { postSearch: true } })),
    xml: await tell(client.read({ ...one, options: { headers: { Accept: 'application/fhir+xml' } } })),
    xmlFormat: await tell(client.search({ resourceType: 'Patient', searchParams: { _format: 'xml' } })),
  };
  out.patched = await tell(client.patch({ ...one, jsonPatch: [{ op: 'replace', path: '/gender', value: 'male' }] }));
  out.compartment = [
    await tell(client.search({ resourceType: 'Observation', compartment: one })),
    await tell(client.compartmentSearch({ resourceType: 'Observation', compartment: one, searchParams: { _count: 1 } })),
  ];
  out.histories = [
    await tell(client.history({ resourceType: 'Patient' })),
    await tell(client.typeHistory({ resourceType: 'Patient' })),
    await tell(client.systemHistory()),
    await tell(client.resourceHistory(one)),
  ];
  const second_ = await client.nextPage({ bundle: out.histories[0].body });
  out.olderHistory = { type: second_.type, count: second_.entry.length };
  out.noPrevious = client.prevPage({ bundle: out.histories[0].body }) === undefined;
  out.raw = await tell(client.request(`Patient/${id}?_elements=gender`));
  out.included = await tell(
    client.resourceSearch({
      resourceType: 'Observation',
      searchParams: { patient: id, _count: 2, _include: 'Observation:patient', _sort: '-date' },
    }),
  );
  out.reverse = await tell(
    client.resourceSearch({
      resourceType: 'Patient',
      searchParams: { _id: id, _revinclude: 'Observation:patient' },
    }),
  );
  out.chained = await tell(
    client.search({ resourceType: 'Observation', searchParams: { 'subject:Patient._id': id, _summary: 'count' } }),
  );
  const key = { headers: { 'Idempotency-Key': webcrypto.randomUUID() } };
  const keyed = { resourceType: 'Patient', body: patient('kunci'), options: key };
  out.keyed = [await tell(client.create(keyed)), await tell(client.create(keyed))];
  const own = { resourceType: 'Patient', searchParams: { identifier: `${OWN}|sendiri` } };
  out.conditionalUpdate = await tell(client.update({ ...own, body: patient('sendiri', { birthDate: '1966-06-06', name: [{ text: 'Rahmi Tersendiri' }] }) }));
  const made = { resourceType: 'Patient', id: out.conditionalUpdate.body.id };
  out.everything = await tell(client.operation({ name: 'everything', ...made, method: 'get' }));
  out.removed = [await tell(client.delete(made)), await tell(client.delete(made)), await tell(client.read(made))];
  out.lenient = await tell(client.search({ ...unknown, options: { headers: { Prefer: 'handling=lenient' } } }));
  out.lenient.body = out.lenient.body.total;
  const forms = ['application/json', '*/*', 'application/fhir+json; fhirVersion=4.0', 'text/xml, application/json;q=0.5'];
  out.forms = [];
  for (const Accept of forms) {
    const { status } = await tell(client.read({ ...one, options: { headers: { Accept } } }));
    out.forms.push(status);
  }
  process.stdout.write(JSON.stringify(out));
}

await main();
