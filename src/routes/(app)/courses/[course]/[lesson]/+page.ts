export const load = ({ params }) => ({ course: params.course, lesson: params.lesson });
