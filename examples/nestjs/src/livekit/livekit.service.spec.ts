import { ConfigService } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { LivekitException } from './exceptions/livekit.exception';
import { LivekitService } from './livekit.service';

describe('LivekitService', () => {
  const createTokenDto = { identity: 'user-123', roomId: 'channel-456', name: 'Alice', ttl: 3600 };
  const mockConfigService = { get: jest.fn() };
  let service: LivekitService;

  beforeEach(async () => {
    mockConfigService.get.mockReset();
    const providers = [LivekitService, { provide: ConfigService, useValue: mockConfigService }];
    service = (await Test.createTestingModule({ providers }).compile()).get(LivekitService);
  });

  describe('generateToken', () => {
    it('should generate valid token with permissions', async () => {
      mockConfigService.get
        .mockReturnValueOnce('api-key')
        .mockReturnValueOnce('secret')
        .mockReturnValueOnce('wss://livekit.example.com');

      const result = await service.generateToken(createTokenDto);

      expect(result.token).toBeDefined();
      expect(result.identity).toBe('user-123');
      expect(result.roomId).toBe('channel-456');
      expect(result.url).toBe('wss://livekit.example.com');
      expect(result.expiresAt).toBeInstanceOf(Date);
    });

    it('should throw exception when credentials missing', async () => {
      mockConfigService.get.mockReturnValue(undefined);

      await expect(service.generateToken(createTokenDto)).rejects.toThrow(LivekitException);
    });
  });

  describe('validateConfiguration', () => {
    it('should return true when fully configured', () => {
      mockConfigService.get
        .mockReturnValueOnce('api-key')
        .mockReturnValueOnce('secret')
        .mockReturnValueOnce('wss://livekit.com');

      expect(service.validateConfiguration()).toBe(true);
    });

    it('should return false when configuration incomplete', () => {
      mockConfigService.get.mockReturnValue(undefined);

      expect(service.validateConfiguration()).toBe(false);
    });
  });
});
