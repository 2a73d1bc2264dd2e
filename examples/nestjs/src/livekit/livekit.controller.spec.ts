import { Test } from '@nestjs/testing';
import { JwtAuthGuard } from './guards/jwt-auth.guard';
import { RbacGuard } from './guards/rbac.guard';
import { LivekitController } from './livekit.controller';
import { LivekitService } from './livekit.service';

describe('LivekitController', () => {
  const req = { user: { id: 'user-456' } };
  const mockLivekitService = { generateToken: jest.fn() };
  let controller: LivekitController;

  beforeEach(async () => {
    mockLivekitService.generateToken.mockReset();
    const module = await Test.createTestingModule({
      controllers: [LivekitController],
      providers: [{ provide: LivekitService, useValue: mockLivekitService }],
    })
      .overrideGuard(JwtAuthGuard)
      .useValue({ canActivate: () => true })
      .overrideGuard(RbacGuard)
      .useValue({ canActivate: () => true })
      .compile();
    controller = module.get(LivekitController);
  });

  describe('generateToken', () => {
    it('should use authenticated user ID as default identity', async () => {
      await controller.generateToken({ roomId: 'channel-123' }, req);

      expect(mockLivekitService.generateToken).toHaveBeenCalledWith({ roomId: 'channel-123', identity: 'user-456' });
    });

    it('should preserve provided identity', async () => {
      await controller.generateToken({ roomId: 'channel-123', identity: 'custom-identity' }, req);

      expect(mockLivekitService.generateToken).toHaveBeenCalledWith(
        expect.objectContaining({ identity: 'custom-identity' }),
      );
    });
  });
});
