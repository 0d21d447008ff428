import type { Server } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { descriptorSetBase64 } from '../../proto/gen/descriptor-set.js';

/** Serves gRPC reflection of one service. */
export function addReflection(server: Server, serviceName: string): void {
  const definition = loadFileDescriptorSetFromBuffer(Buffer.from(descriptorSetBase64, 'base64'));
  new ReflectionService(definition, { services: [serviceName] }).addToServer(server);
}
