/* board.h - constants of this kind of device. */
#define BOARD_NAME "linux-amd64"
