// GELU of three numbers from Node, by the service at argv[2]. First: npm install
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const definition = loader.loadSync('activation/v1/activation.proto', {
  includeDirs: [path.join(__dirname, '../../../proto')],
  keepCase: true,
});
const { ActivationService } = grpc.loadPackageDefinition(definition).activation.v1;
const address = process.argv[2] || '127.0.0.1:50051';
const service = new ActivationService(address, grpc.credentials.createInsecure());

const x = Float32Array.of(-1, 0, 1);
const item = {
  activation: { function: 'gelu' },
  x: { dtype: 'DTYPE_F32', shape: [x.length], data: Buffer.from(x.buffer) },
};
service.Forward({ items: [item] }, { deadline: Date.now() + 10000 }, (error, reply) => {
  service.close();
  if (error) throw error;
  // A copy, as the reply's bytes may begin anywhere and a Float32Array may not.
  const y = new Float32Array(new Uint8Array(reply.results[0].y.data).buffer);
  x.forEach((value, i) => console.log(`gelu(${value}) = ${Number(y[i].toPrecision(6))}`));
});
