// expect: 5
struct list { struct list *next; int value; };
struct list *find(struct list *l, int v)
{
	while (l && l->value != v)
		l = l->next;
	return v && l ? l : 0;
}
