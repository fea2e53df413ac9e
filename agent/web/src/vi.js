// vi.js - the Vietnamese of every text. A folder of pages has its own file, so that who works on one finds its words.
import coverage from './coverage/vi.js';
import office from './office/vi.js';
import volunteer from './volunteer/vi.js';

const common = {
  // frame
  'Menu': 'Menu',
  'More': 'Thêm',
  'Main menu': 'Menu chính',
  'Skip to the content': 'Đến nội dung chính',
  'Tiếng Việt': 'Tiếng Việt',
  'There is no such page.': 'Không có trang này.',
  'The program on this device is stopped. What you type is kept here; start the program again to go on.':
    'Chương trình trên máy này đang dừng. Những gì bạn nhập vẫn được giữ lại; hãy mở lại chương trình để tiếp tục.',
  'Open these pages anew: type "cayda open" on this device. What you typed is kept here.':
    'Hãy mở lại trang: gõ "cayda open" trên máy này. Những gì bạn đã nhập vẫn được giữ lại.',
  'You are logged out. What you typed is kept here.': 'Bạn đã bị đăng xuất. Những gì bạn đã nhập vẫn được giữ lại.',
  'Log in again': 'Đăng nhập lại',
  'Logged in as {name}: {role}, {place}': 'Đang đăng nhập: {name}, {role}, {place}',
  'may read': 'được xem',
  'may read and record': 'được xem và ghi',
  'may do all': 'được làm mọi việc',
  'Log out': 'Đăng xuất',
  'Something went wrong on this page. What you saved is safe.':
    'Trang này gặp lỗi. Những gì đã lưu vẫn an toàn.',
  'Load the page again': 'Tải lại trang',
  'Licences of what these pages are made with': 'Giấy phép của các thành phần tạo nên trang này',
  // parts
  'The program does not answer. What you typed is kept on this device.':
    'Chương trình không trả lời. Những gì bạn đã nhập vẫn được giữ trên máy này.',
  'Loading...': 'Đang tải...',
  'must be answered': 'bắt buộc trả lời',
  'Close': 'Đóng',
  'There is nothing here yet.': 'Chưa có gì ở đây.',
  'Take it away:': 'Tải về:',
  '{n} seconds': '{n} giây',
  '{n} minutes': '{n} phút',
  '{n} hours': '{n} giờ',
  '{n} days': '{n} ngày',
};

export default Object.assign({}, common, volunteer, coverage, office);
