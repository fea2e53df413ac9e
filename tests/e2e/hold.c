/* hold.c - holds the write lock of an SQLite database in WAL mode: byte 120 of its -shm file
 * (https://sqlite.org/walformat.html#wal_locks). Says "held" and waits to be killed. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 120, .l_len = 1};
	int fd = argc == 2 ? open(argv[1], O_RDWR | O_CREAT, 0600) : -1;

	if (fd < 0 || fcntl(fd, F_SETLKW, &lock) < 0) {
		perror("hold");
		return 1;
	}
	puts("held");
	fflush(stdout);
	pause();
	return 0;
}
