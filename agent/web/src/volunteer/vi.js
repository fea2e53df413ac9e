// vi.js - the Vietnamese of the texts in this folder.
export default {
  // today
  'Today': 'Hôm nay',
  '{n} records made on this device': '{n} phiếu ghi trên máy này',
  '{n} changes wait to be sent': '{n} thay đổi chờ gửi',
  'Last sync: {when}': 'Đồng bộ lần cuối: {when}',
  'No sync yet since the program was started': 'Chưa đồng bộ từ khi mở chương trình',
};
