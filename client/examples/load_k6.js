// Load by k6, which learns the messages by reflection and checks every reply:
//   k6 run -e ADDRESS=127.0.0.1:50051 -e VUS=8 -e DURATION=10s -e ELEMENTS=256 load_k6.js
import { check } from 'k6';
import encoding from 'k6/encoding';
import { Counter } from 'k6/metrics';
import grpc from 'k6/net/grpc';

export const options = {
  vus: Number(__ENV.VUS || 8),
  duration: __ENV.DURATION || '10s',
  // The first holds without any check, too.
  thresholds: { checks: ['rate == 1'], right_replies: ['count > 0'] },
};

// Bytes are base64 in k6's messages.
const bytes = (values) => encoding.b64encode(new Float32Array(values).buffer);
const numbers = Array.from({ length: Number(__ENV.ELEMENTS || 256) }, (_, i) => (i % 9) - 4);
const request = {
  items: [
    {
      activation: { function: 'relu' },
      x: { dtype: 'DTYPE_F32', shape: [numbers.length], data: bytes(numbers) },
    },
  ],
};
const expected = bytes(numbers.map((x) => Math.max(x, 0)));
const client = new grpc.Client();
const rightReplies = new Counter('right_replies');

export default function () {
  // Each virtual user keeps one connection.
  if (__ITER === 0) {
    client.connect(__ENV.ADDRESS || '127.0.0.1:50051', { plaintext: true, reflect: true });
  }
  const reply = client.invoke('activation.v1.ActivationService/Forward', request);
  const right = check(reply, {
    'the reply is right': ({ status, message }) =>
      status === grpc.StatusOK && message.results[0].y.data === expected,
  });
  rightReplies.add(right ? 1 : 0);
}
