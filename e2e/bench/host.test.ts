import { bytesOnDisk } from "./host.ts";

it("counts what is written to disks, each once, and not to what is no disk", () => {
  const statistics = `
 254       0 vda 25964 4894 1460802 4872 264152 130314 1000 187351 0 27420 199885 21481 15 14901920 3775 85808 3886
 254       1 vda1 25964 4894 1460802 4872 264152 130314 900 187351 0 27420 199885 21481 15 14901920 3775 85808 3886
 259       0 nvme0n1 1 0 8 0 2 0 16 0 0 0 0
   8       0 sda 1 0 8 0 2 0 4 0 0 0 0
   7       0 loop0 1 0 8 0 2 0 64 0 0 0 0
 253       0 zram0 1 0 8 0 2 0 64 0 0 0 0
   9       0 md0 1 0 8 0 2 0 64 0 0 0 0
`;
  expect(bytesOnDisk(statistics)).toBe((1_000 + 16 + 4) * 512);
});
