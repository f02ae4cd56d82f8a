// expect: 8
#include <pthread.h>
int count;
void add(pthread_mutex_t *m)
{
	pthread_mutex_lock(m);
	count++;
	pthread_mutex_unlock(m);
}
