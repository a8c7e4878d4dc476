// A clinic's program with the npm package fhirclient (the SMART on FHIR JavaScript client) as it is used on a server. Reads
// {fhir, token} from standard input and prints what happened as one JSON object; tests/clients/test_smart.py judges it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const smart = createRequire(import.meta.url)('../node/node_modules/fhirclient');
const given = JSON.parse(readFileSync(0, 'utf8'));
const OWN = 'https://klinik.example/rm-smart';

const patient = (number, more = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: OWN, value: number }],
  name: [{ text: 'Galuh Rekaan', family: 'Rekaan', given: ['Galuh'] }],
  gender: 'female',
  birthDate: '1979-09-09',
  ...more,
});
const weight = (reference, day) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }], text: 'Berat badan' },
  subject: { reference },
  effectiveDateTime: day,
  valueQuantity: { value: 61.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
});

/** What a refusal says: its status and what the OperationOutcome of its body says. */
async function refused(call) {
  try {
    await call;
    return null;
  } catch (error) {
    return { status: error.status ?? error.statusCode, message: String(error.message) };
  }
}

async function main() {
  const request = { headers: { host: 'app.example' }, url: '/', socket: { encrypted: true }, connection: { encrypted: true } };
  const answered = [];
  const response = { writeHead: (status, headers) => answered.push([status, headers]), end: () => answered.push('end') };
  const api = smart(request, response, { get: async () => ({}), set: async () => ({}), unset: async () => true });
  const nobody = api.client({ serverUrl: given.fhir });
  const patientOf = (id) =>
    api.client({ serverUrl: given.fhir, tokenResponse: { access_token: given.token, patient: id } });
  const client = patientOf('');
  const out = {};

  out.version = [await client.getFhirVersion(), await client.getFhirRelease()];
  out.anonymous = await refused(nobody.request('Patient'));
  const made = await client.create(patient('1'));
  out.created = made;
  const place = `Patient/${made.id}`;
  out.read = await client.request(place);
  out.whole = await client.request({ url: place, includeResponse: true }).then(({ body, response }) => ({
    etag: response.headers.get('etag'),
    id: body.id,
  }));
  out.updated = await client.update({ ...made, gender: 'other' });
  out.patched = await client.patch(place, [{ op: 'replace', path: '/gender', value: 'male' }]);
  out.vread = await client.request(`${place}/_history/1`);
  out.history = await client.request(`${place}/_history`);
  out.typeHistory = await client.request('Patient/_history?_count=2');

  const days = ['2025-03-01', '2025-03-02', '2025-03-03', '2025-03-04', '2025-03-05'];
  await client.request({
    url: '/',
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: days.map((day) => ({ resource: weight(place, day), request: { method: 'POST', url: 'Observation' } })),
    }),
  });
  const query = `Observation?patient=${made.id}&_sort=date&_count=2`;
  out.flat = (await client.request(query, { flat: true, pageLimit: 0 })).map((each) => each.effectiveDateTime);
  out.pages = [];
  await client.request(query, { pageLimit: 0, onPage: (page) => void out.pages.push(page.entry.length) });
  out.iterated = [];
  for await (const each of client.resources(query)) out.iterated.push(each.effectiveDateTime);
  out.iteratedPages = 0;
  for await (const _page of client.pages(query)) out.iteratedPages += 1;
  const one = await client.request(query, { resolveReferences: ['subject'], graph: false });
  out.resolved = Object.keys(one.references);
  out.references = Object.keys(await client.getReferences(weight(place, days[0]), ['subject']));
  out.included = (await client.request(`${query}&_include=Observation:patient`)).entry.map((e) => e.search.mode);
  out.byCode = client.byCode(await client.request(query, { flat: true }), 'code')['29463-7'].length;

  const own = patientOf(made.id);
  out.ofPatient = [(await own.patient.read()).id, (await own.patient.request('Observation')).total];
  out.everything = (await client.request(`${place}/$everything`)).total;
  out.refusals = {
    unknownParameter: await refused(client.request('Patient?favourite=x')),
    notThere: await refused(client.request(`Patient/${'0'.repeat(32)}`)),
    notValid: await refused(client.create(patient('2', { gender: 'x' }))),
    badPatch: await refused(client.patch(place, [{ op: 'test', path: '/gender', value: 'x' }])),
  };
  const gone = await client.create(patient('5'));
  await client.delete(`Patient/${gone.id}`);
  out.refusals.gone = await refused(client.request(`Patient/${gone.id}`));
  out.answered = answered;
  out.launch = await refused(api.authorize({ iss: given.fhir, clientId: 'x', scope: 'launch', redirectUri: 'http://x.example' }));
  process.stdout.write(JSON.stringify(out));
}

await main();
